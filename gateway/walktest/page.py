"""The certificate as one page of A4: no script, no font, no picture from elsewhere. The signed form is in it.

Whoever has the page has the proof, too: `wren walk-test --verify` takes it as well as the JSON, and draws it
anew to see that not a word of it was changed.
"""

import base64
from html import escape
from typing import Final

from gateway.uplink.keys import fingerprint, key_of
from gateway.walktest import sealing
from gateway.walktest.forms import Certificate, Proof
from gateway.walktest.words import REASON_WORDS

_STYLE: Final = """
@page { size: A4 portrait; margin: 12mm 14mm; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f2ec; color: #1c2430;
  font: 13px/1.42 "Noto Sans", "Liberation Sans", system-ui, sans-serif; }
main { max-width: 794px; margin: 0 auto; padding: 34px 42px; background: #fff; min-height: 1080px; }
h1 { font-size: 25px; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 14px; margin: 16px 0 4px; }
p { margin: 3px 0; }
.soft { color: #566072; }
.lead { margin: 12px 0 10px; padding: 9px 14px; border-left: 5px solid #246590; background: #f2f6f9;
  font-size: 14.5px; }
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 26px; margin: 8px 0; }
dl div { display: flex; gap: 8px; border-bottom: 1px solid #e4e0d6; padding: 2px 0; }
dt { flex: 0 0 96px; color: #566072; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums;
  font-size: 12px; }
th, td { text-align: left; vertical-align: baseline; padding: 3px 10px 3px 0; border-bottom: 1px solid #e4e0d6; }
tbody th, td:last-child, td:nth-last-child(3) { white-space: nowrap; }
thead th { color: #566072; font-weight: 500; } tbody th { font-weight: 600; }
.out td, .out th { color: #9a3412; }
ul { margin: 3px 0; padding-left: 18px; } li { margin: 2px 0; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 26px; }
code { font: 11.5px/1.4 "Liberation Mono", ui-monospace, monospace; overflow-wrap: anywhere; }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 40px; margin-top: 26px; }
.sign p { border-top: 1px solid #1c2430; padding-top: 3px; color: #566072; }
@media print { body { background: #fff; font-size: 10.2px; }
  table { font-size: 9.6px; } main { padding: 0; max-width: none; min-height: 0; }
  h1 { font-size: 20px; } h2 { margin-top: 10px; } .lead { font-size: 11.5px; } tr, li { break-inside: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
"""

_BEGIN: Final = '<script type="application/json" id="signed">'
_END: Final = "</script>"

_PROVES: Final = (
    "Each sensor above that is not left out was set off by hand then, and the gateway that is installed saw it.",
    "Each help button called the desk, and a person there answered.",
    "The radio that is listed came in with the margin that is named, from the place where it was then.",
)
_NOT: Final = (
    "That any of it works today: batteries run down, things are moved. Wren repeats what it can by itself each month.",
    "That Wren notices a fall. It notices in hours, not minutes, and replaces no pendant.",
    "That somebody answers at night: it was tried at this one time.",
    "That what was left out works.",
)


def page(certificate: Certificate, signed: bytes) -> bytes:
    """The whole document of `certificate`, whose signed form is `signed`."""
    left_out = [proof for proof in certificate.proofs if proof.outcome != "proven"]
    sensors = [proof for proof in certificate.proofs if proof.panel is None]
    proven = [proof for proof in sensors if proof.outcome == "proven"]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>Walk-test of {escape(certificate.home)}</title>
<style>{_STYLE}</style>
</head>
<body><main>
<h1>Walk-test of home {escape(certificate.home)}</h1>
<p class="soft">{escape(certificate.issued_local)} on the clock of the home ({escape(certificate.issued_at)} UTC)</p>
<div class="lead">{len(proven)} of {len(sensors)} sensors were set off by hand and seen.{_calls(certificate)} \
The desk confirmed a heartbeat, and the clock was set from the network.{_but(left_out)}</div>
<dl>
<div><dt>Walked by</dt><dd>{escape(certificate.by)}</dd></div>
<div><dt>Wren</dt><dd>{escape(certificate.wren)}, Python {escape(certificate.python)}</dd></div>
<div><dt>Heartbeat</dt><dd>{escape(certificate.heartbeat)}</dd></div>
<div><dt>Machine</dt><dd>{escape(certificate.system)}</dd></div>
</dl>
<table>
<thead><tr><th>Sensor</th><th>What and where</th><th>Seen</th><th>Radio</th><th>Contact at rest</th>
<th>When (UTC), by</th></tr></thead>
<tbody>
{"".join(_row(proof) for proof in certificate.proofs)}</tbody>
</table>
<p class="soft">Radio: median and weakest of the adverts heard, in dBm. The median must be {certificate.margin_db} dB
above {certificate.sensitivity_dbm} dBm, which is 4 dB short of what receivers do on average (-94 dBm; the Bluetooth
Core specification asks for -70). Contact: the slowest change, in ms; it must be within the debounce that is set.</p>
<div class="two">
<div><h2>What this proves</h2><ul>{_list(_PROVES)}</ul></div>
<div><h2>What this does not prove</h2><ul>{_list(_NOT)}</ul></div>
</div>
<h2>How to check it</h2>
<p><code>wren walk-test --verify</code> with this file says whether a word of it was changed. It was signed by the
gateway with the fingerprint <code>{fingerprint(key_of(certificate.gateway_key))}</code>: the desk's page of this home
must show the same.</p>
<p class="soft">Sensors <code>{certificate.sensors[:16]}</code>, home.toml <code>{certificate.configuration[:16]}</code>
(the first 16 digits of their SHA-256).</p>
<div class="sign"><p>For the provider, date</p><p>The resident, or who decides with them, date</p></div>
{_BEGIN}{base64.b64encode(signed).decode()}{_END}
</main></body>
</html>
"""
    return html.encode()


def signed_in(text: bytes) -> bytes:
    """The signed form in a page or, if it is none, `text` itself. Raises NotGenuine: the page was changed."""
    if not text.lstrip().startswith(b"<!doctype html>"):
        return text
    _, _, rest = text.partition(_BEGIN.encode())
    inner, _, _ = rest.partition(_END.encode())
    try:
        signed = base64.b64decode(inner, validate=True)
    except ValueError:
        signed = b""
    if page(sealing.opened(signed), signed) != text:
        raise sealing.NotGenuine(
            "The words of this page are not those that were signed, or another version of Wren made it.",
            advice="Check the JSON that was written beside it, and print it anew with --html.",
        )
    return signed


def _row(proof: Proof) -> str:
    what = f"{str(proof.kind).replace('_', ' ')}, {proof.place.replace('-', ' ')}" if proof.panel is None else "panel"
    seen = {"both": "both edges", "one": "yes", "value": "a value", None: ""}[proof.seen]
    if proof.outcome != "proven":
        seen = REASON_WORDS.get(proof.reason or "", "not there any more")
    if proof.panel is not None:
        seen = f"{len(proof.panel.lights)} lights" + (", sound" if proof.panel.sound else "")
        seen += "".join(f", {button}" for button in proof.panel.buttons)
    if proof.call is not None:
        seen += f"; at the desk in {proof.call.at_the_desk_s} s, answered in {proof.call.acknowledged_s} s"
    air = "" if proof.radio is None else f"{proof.radio.median_dbm}, {proof.radio.least_dbm} ({proof.radio.packets})"
    wire = "" if proof.wire is None else f"{proof.wire.longest_ms} of {proof.wire.debounce_ms}"
    cells = "".join(
        f"<td>{escape(cell)}</td>" for cell in (what, seen, air, wire, f"{proof.at[:10]} {proof.at[11:16]}, {proof.by}")
    )
    style = "" if proof.outcome == "proven" else ' class="out"'
    return f"<tr{style}><th>{escape(proof.name)}</th>{cells}</tr>\n"


def _calls(certificate: Certificate) -> str:
    calls = [proof.call for proof in certificate.proofs if proof.call is not None]
    if not calls:
        return " There is no help button here."
    slowest = max(call.acknowledged_s for call in calls)
    buttons = "The help button" if len(calls) == 1 else f"{len(calls)} help buttons"
    return f" {buttons} called the desk, and a person there answered within {slowest} s."


def _but(left_out: list[Proof]) -> str:
    return f" <b>Left out: {escape(', '.join(proof.name for proof in left_out))}.</b>" if left_out else ""


def _list(sentences: tuple[str, ...]) -> str:
    return "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
