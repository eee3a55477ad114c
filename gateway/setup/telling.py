"""What is told to whom: sensible owners for every kind at once, on one screen, and each kind for itself if wanted."""

from typing import Any, Final

from rich.text import Text

from gateway.setup.asking import Asker
from gateway.setup.keys import ENTER
from gateway.setup.kinds_on import ALWAYS_ASKED, URGENT, possible, words
from gateway.setup.merging import Data
from gateway.setup.naming import bad_id, ids
from models.kinds import TECHNICIAN, AlertKind

_ROLES: Final = {"night": ("night-and-day", "24h"), "second": ("duty-manager", "24h"), "day": ("day-team", "office"),
                 "sensors": ("technician", "office")}  # fmt: skip
_REASON: Final = "agreed at the installation; [purpose] says why"
_HOURS: Final = {"24h": "day and night", "office": "office hours"}
_TWENTY_FOUR: Final = "24h"
_LETTERS: Final = "abcdefghijklmnopqrsuvwxyz"
_TROUBLE: Final = "t"
_REASON_LENGTH: Final = (3, 200)


def propose(data: Data) -> None:
    """Owners for what this home's sensors can tell of, where nothing is written yet. Changes `data`."""
    if data.get("alerts"):
        return
    wanted = [kind for kind in possible(data) if kind in ALWAYS_ASKED]
    data["alerts"] = {}
    for kind in wanted:
        _switch_on(data, kind)


def _switch_on(data: Data, kind: AlertKind) -> None:
    role = "night" if kind in URGENT else "sensors" if kind in TECHNICIAN else "day"
    table = {"reason": _REASON, "owner": _recipient(data, role)}
    if kind in URGENT:
        second = _recipient(data, "second")
        table |= {"second": second} if second != table["owner"] else {}
    data.setdefault("alerts", {})[str(kind)] = table


def _recipient(data: Data, role: str) -> str:
    """Who has that role in this home; made if nobody has."""
    recipients: list[dict[str, Any]] = data.setdefault("recipients", [])
    name, hours = _ROLES[role]
    used = {
        "night": [one.get("owner") for kind, one in data["alerts"].items() if kind in URGENT],
        "second": [one.get("second") for kind, one in data["alerts"].items() if kind in URGENT],
        "day": [one.get("owner") for kind, one in data["alerts"].items() if kind not in URGENT | TECHNICIAN],
        "sensors": [one.get("owner") for kind, one in data["alerts"].items() if kind in TECHNICIAN],
    }[role]
    answers = {one.get("id") for one in recipients if hours != _TWENTY_FOUR or one.get("hours") == _TWENTY_FOUR}
    if found := next((one for one in used if one in answers), None):
        return str(found)
    if name not in ids(recipients):
        recipients.append({"id": name, "hours": hours})
    return name


def ask_telling(asker: Asker, data: Data) -> None:
    """One screen: who answers what. Enter takes it as it is."""
    propose(data)
    tidy(data)
    while True:
        could = possible(data)
        on = [kind for kind in AlertKind if kind in could or kind in data["alerts"]]
        letters = dict(zip(_LETTERS, [kind for kind in on if kind not in TECHNICIAN], strict=False))
        recipients = data.get("recipients", [])
        lines = [_row(letter, kind, data["alerts"].get(kind)) for letter, kind in letters.items()]
        lines += [_trouble(data, [kind for kind in on if kind in TECHNICIAN]), _who(recipients)]
        key = asker.key(lines, "Enter: as shown. A letter or a number: change it. +: another who answers.") or ""
        if key == ENTER:
            tidy(data)
            return
        if key in letters:
            _ask_kind(asker, data, letters[key])
        elif key == _TROUBLE:
            _ask_trouble(asker, data, [kind for kind in on if kind in TECHNICIAN])
        elif key == "+":
            _ask_recipient(asker, data, None)
        elif key.isdecimal() and 1 <= int(key) <= len(recipients):
            _ask_recipient(asker, data, int(key) - 1)


def _who(recipients: list[dict[str, Any]]) -> Text:
    found = Text("Who answers:")
    for number, one in enumerate(recipients, 1):
        found.append("  ").append(str(number), "bold cyan").append(f" {one['id']} ({_HOURS.get(one['hours'])})")
    return found


def _trouble(data: Data, kinds: list[AlertKind]) -> Text:
    """Kinds about sensors go to one person, so they are one line."""
    on = [data["alerts"][kind] for kind in kinds if kind in data["alerts"]]
    owners = ", ".join(dict.fromkeys(str(one.get("owner")) for one in on))
    words_on = f"trouble with sensors ({len(on)} of {len(kinds)} kinds)"
    return Text.assemble(
        "  ", (_TROUBLE, "bold cyan"), f"  {'on' if on else '-':<3} ", f"{words_on:<38} ", (owners, "dim")
    )


def _ask_trouble(asker: Asker, data: Data, kinds: list[AlertKind]) -> None:
    lines = ["Trouble with sensors: silent, stuck, chattering, a battery, the radio. It never goes to a carer.",
             "Who is to be told?"]  # fmt: skip
    names = {str(number): one["id"] for number, one in enumerate(data.get("recipients", [])[:9], 1)}
    chosen = asker.choice(lines, names | {"n": "nobody"})
    for kind in kinds:
        if chosen == "n":
            data["alerts"].pop(str(kind), None)
        else:
            if kind not in data["alerts"]:
                _switch_on(data, kind)
            data["alerts"][str(kind)]["owner"] = names[chosen]
            if data["alerts"][str(kind)].get("second") == names[chosen]:
                data["alerts"][str(kind)].pop("second")


def _row(letter: str, kind: AlertKind, table: dict[str, Any] | None) -> Text:
    if table is None:
        return Text.assemble("  ", (letter, "bold cyan"), f"  {'-':<3} ", (words(kind), "dim"))
    owner = str(table.get("owner")) + (f" + {table['second']}" if table.get("second") else "")
    return Text.assemble("  ", (letter, "bold cyan"), "  on  ", f"{words(kind):<38} ", (owner, "dim"))


def _ask_kind(asker: Asker, data: Data, kind: AlertKind) -> None:
    table = data["alerts"].get(kind)
    is_needed = kind is AlertKind.HELP_BUTTON and kind in possible(data)
    if table is None:
        _switch_on(data, kind)
        return
    options = {"o": "who answers", "s": "who is told if nobody does", "r": "the reason"}
    options |= {} if kind in URGENT else {"s": "(is never urgent: nobody else)"}
    options |= {} if is_needed else {"x": "not to be told any more"}
    lines = [f"{words(kind)}: {table['owner']}", f"Because: {table['reason']}"]
    chosen = asker.choice(lines, options | {"b": "back"}, "b")
    if chosen == "x":
        del data["alerts"][str(kind)]
    elif chosen == "r":
        low, high = _REASON_LENGTH

        def check(answer: str) -> str | None:
            return None if low <= len(answer) <= high else f"Between {low} and {high} characters."

        table["reason"] = asker.text(["Why is this told of this person? It stays in the house."], "Because",
                                     str(table["reason"]), check)  # fmt: skip
    elif chosen == "o" or (chosen == "s" and kind in URGENT):
        key = "owner" if chosen == "o" else "second"
        other = table.get("second" if key == "owner" else "owner")
        whom = [one["id"] for one in data["recipients"] if one["id"] != other
                and (kind is not AlertKind.HELP_BUTTON or one["hours"] == _TWENTY_FOUR)]  # fmt: skip
        names = {str(number): name for number, name in enumerate(whom[:9], 1)}
        names |= {"n": "nobody"} if key == "second" else {}
        if not names:
            asker.tell(["Nobody else answers day and night; add somebody first (+)."])
            return
        found = asker.choice([f"{words(kind)}: {options[chosen]}?"], names)
        table.pop(key, None)
        if found != "n":
            table[key] = names[found]


def _ask_recipient(asker: Asker, data: Data, at: int | None) -> None:
    recipients: list[dict[str, Any]] = data.setdefault("recipients", [])
    before = recipients[at] if at is not None else {"id": "", "hours": _TWENTY_FOUR}

    def check(answer: str) -> str | None:
        others = [name for number, name in enumerate(ids(recipients)) if number != at]
        return "There is one with this id." if answer in others else bad_id(answer)

    name = asker.text(["Who answers? A role, and no name of a person."], "Role", str(before["id"]), check)
    options = {"d": "day and night", "o": "in office hours"}
    hours = (
        "24h"
        if asker.choice([f"When does {name} answer?"], options, "d" if before["hours"] == "24h" else "o") == "d"
        else "office"
    )
    after = before | {"id": name, "hours": hours}
    if at is None:
        recipients.append(after)
        return
    help_button = data["alerts"].get("help_button", {})
    if hours != _TWENTY_FOUR and before["id"] in (help_button.get("owner"), help_button.get("second")):
        asker.tell([f"{before['id']} answers the help button, and so day and night."])
        return
    recipients[at] = after
    for table in data["alerts"].values():
        for key in ("owner", "second"):
            if table.get(key) == before["id"]:
                table[key] = name


def tidy(data: Data) -> None:
    """What the sensors ask for, and nobody without anything to answer. Changes `data`."""
    alerts = data.setdefault("alerts", {})
    if AlertKind.HELP_BUTTON in possible(data) and AlertKind.HELP_BUTTON not in alerts:
        _switch_on(data, AlertKind.HELP_BUTTON)
    for kind in [kind for kind in alerts if kind == AlertKind.HELP_BUTTON and kind not in possible(data)]:
        del alerts[kind]
