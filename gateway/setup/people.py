"""Questions about the home, who lives in it, and where its messages go."""

import difflib
import os
import re
import zoneinfo
from pathlib import Path
from typing import Any, Final, get_args

from gateway.config.forms import HttpsUrl
from gateway.setup.asking import Asker
from gateway.setup.merging import Data
from gateway.setup.naming import bad_id, ids
from models.vocabulary import HOUSEHOLD

DESK_CA: Final = Path("/etc/wren/desk-ca.pem")
"""Where the provider's certificate authority is put by whoever provisions the gateway."""

_MOST: Final = 8
_HTTPS: Final = re.compile(str(get_args(HttpsUrl)[1].pattern))


def ask_home(asker: Asker, data: Data) -> None:
    """The id of the home."""
    home = data.setdefault("home", {})
    lines = [
        "Which home is this? Type the id by which your provider knows it, such as h-0042.",
        "It leaves the house with every message, so it says nothing of who lives here.",
    ]
    home["id"] = asker.text(lines, "Home id", str(home.get("id", "")), bad_id)


def ask_zone(asker: Asker, data: Data) -> None:
    """The clock that this home lives by."""
    home = data.setdefault("home", {})
    lines = ["Which clock does this home live by? Days and nights are told by it."]
    home["timezone"] = asker.text(lines, "Time zone", str(home.get("timezone") or system_zone()), _bad_zone)


def ask_residents(asker: Asker, data: Data) -> None:
    """Who lives here."""
    before: list[dict[str, Any]] = data.get("residents", [])
    lines = [
        "Who lives here and is to be watched over? One id for each person, with blanks between: r1 or r1 r2.",
        "No names: the provider's own file says who is who.",
    ]
    answer = asker.text(lines, "Residents", " ".join(ids(before)) or "r1", _bad_residents)
    known = {str(one.get("id")): one for one in before}
    data["residents"] = [known.get(name, {"id": name}) for name in answer.split()]
    _follow(data, [name for name in known if name not in answer.split()])


def _follow(data: Data, gone: list[str]) -> None:
    """What belonged to somebody who is not here any more belongs to the household; their panel and visits go."""
    left = ids(data["residents"])
    for sensor in data.get("sensors", []):
        if sensor.get("resident") in gone:
            sensor.pop("resident")
            if len(left) == 1:
                sensor["resident"] = left[0]
    for section in ("panels", "visits"):
        if any(one.get("resident") in gone for one in data.get(section, [])):
            data[section] = [one for one in data[section] if one.get("resident") not in gone]


def ask_desk(asker: Asker, data: Data) -> None:
    """Where messages go."""
    uplink: dict[str, Any] = data.get("uplink", {})
    lines = [
        "Where is the provider's desk? Only alerts, summaries and a sign of life go there; what was sensed stays here.",
        "Its address begins with https://. Enter alone: nothing leaves this house.",
    ]
    url = asker.text(lines, "Desk", str(uplink.get("url", "")), _bad_url)
    if not url or url == "-":
        data.pop("uplink", None)
        return
    uplink["url"] = url
    proposed = str(uplink.get("ca_file") or (DESK_CA if DESK_CA.is_file() else ""))
    rest = "-: the public ones." if proposed else "Enter alone: the public ones."
    lines = [f"By whose certificates does it prove itself? The path of the provider's own. {rest}"]
    ca_file = asker.text(lines, "Certificates", proposed, _bad_file)
    while ca_file not in ("", "-") and not _is_file(ca_file):
        doubt = [f"There is no file {ca_file} here yet. `wren enrol` does not work without it.",
                 "`scripts/provision --desk-ca` can bring it later, below /etc. Keep this path?"]  # fmt: skip
        if asker.yes(doubt, default=False):
            break
        ca_file = asker.text(lines, "Certificates", proposed, _bad_file)
    uplink.pop("ca_file", None)
    if ca_file not in ("", "-"):
        uplink["ca_file"] = ca_file
    data["uplink"] = uplink


def system_zone(root: Path = Path("/")) -> str:
    """The time zone of this machine, by its own settings; "Etc/UTC" if it has none."""
    try:
        target = os.readlink(root / "etc/localtime")  # noqa: PTH115 - the link's own words
    except OSError:
        target = ""
    name = target.rpartition("zoneinfo/")[2]
    if not name:
        try:
            name = (root / "etc/timezone").read_text(encoding="utf-8").strip()
        except OSError:
            name = ""
    return name if name and _bad_zone(name) is None else "Etc/UTC"


def _bad_zone(answer: str) -> str | None:
    try:
        zoneinfo.ZoneInfo(answer)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(answer, zoneinfo.available_timezones(), n=1, cutoff=0.5)
        return f"Did you mean {near[0]}?" if near else "A name such as Europe/London."
    return None


def _bad_residents(answer: str) -> str | None:
    names = answer.split()
    if not 1 <= len(names) <= _MOST:
        return f"One to {_MOST} ids."
    if len(set(names)) < len(names):
        return "Each person has an id of their own."
    if HOUSEHOLD in names:
        return f"{HOUSEHOLD} means everybody; choose another."
    return next((wrong for name in names if (wrong := bad_id(name))), None)


def _bad_url(answer: str) -> str | None:
    if not answer or answer == "-" or _HTTPS.match(answer):
        return None
    return "An address such as https://desk.example:8443; - for none."


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # a name that is too long, a folder that may not be looked into
        return False


def _bad_file(answer: str) -> str | None:
    return None if not answer or answer == "-" or Path(answer).is_absolute() else "A whole path, which begins with /."
