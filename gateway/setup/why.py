"""Why this home is watched, who decided it, on which basis, and when it is looked at again."""

from datetime import date
from typing import Any, Final

from gateway.config.reading import parse
from gateway.errors import ConfigError
from gateway.setup.asking import Asker
from gateway.setup.merging import Data, merged
from models.habit_names import names_of

_BASES: Final = {
    "c": ("consent", "the resident's consent"),
    "k": ("contract", "a contract with the resident"),
    "v": ("vital_interests", "vital interests"),
    "p": ("public_task", "a public task"),
    "l": ("legitimate_interests", "legitimate interests"),
    "o": ("legal_obligation", "a legal obligation"),
}
_SHORT, _LONG = 10, 300
_CAPACITY: Final = (3, 200)
_YEAR: Final = 366


def ask_purpose(asker: Asker, data: Data, today: date) -> None:
    """All of `[purpose]`."""
    purpose: dict[str, Any] = data.get("purpose", {})
    lines = [
        "What is this for? In words that the person who lives here would agree with, and without names.",
        'Such as: "Lives alone and wants to stay; fell in the bathroom last winter."',
    ]
    purpose["why"] = asker.text(lines, "Why", str(purpose.get("why", "")), _bad_why)
    options = {
        "r": "the person who lives here",
        "w": "the person who lives here, together with others",
        "b": "others, in that person's best interests",
    }
    before = "b" if purpose.get("decided_by") == "best_interests" else "w" if "decided_with" in purpose else "r"
    who = asker.choice(["Who decided it?"], options, before)
    is_own = who != "b"
    purpose["decided_by"] = "resident" if is_own else "best_interests"
    if who == "r":
        purpose.pop("decided_with", None)
    else:
        lines = ["Who took part? Say in which capacity, such as: daughter, district nurse. No names."]
        purpose["decided_with"] = asker.text(lines, "Together with", str(purpose.get("decided_with", "")), _bad_with)
    names = {key: words for key, (_, words) in _BASES.items()}
    known = next((key for key, (name, _) in _BASES.items() if name == purpose.get("basis")), "c" if is_own else None)
    lines = ["On which lawful basis? Whoever answers for data protection knows it."]
    purpose["basis"] = _BASES[asker.choice(lines, names, known)][0]
    _ask_habits(asker, purpose, data)
    _ask_review(asker, purpose, today)
    data["purpose"] = purpose


def _ask_habits(asker: Asker, purpose: dict[str, Any], data: Data) -> None:
    known = habits_of(data)
    lines = [
        "Of which habits may the weekly summary tell? The others are counted here and never leave.",
        f"This home's: {', '.join(known)}." if known else "This home has no sensors yet.",
    ]
    before = purpose.get("habits") or []
    default = "a" if before == "all" else "s" if before else "n"
    chosen = asker.choice(lines, {"n": "none", "a": "all of them", "s": "some of them"}, default)
    purpose.pop("habits", None)
    if chosen == "a":
        purpose["habits"] = "all"
    elif chosen == "s":

        def check(answer: str) -> str | None:
            unknown = [name for name in answer.replace(",", " ").split() if name not in known]
            return f"Not one of them: {', '.join(unknown)}." if unknown else None

        proposed = " ".join(before) if isinstance(before, list) else ""
        purpose["habits"] = asker.text(lines, "These, with blanks", proposed, check).replace(",", " ").split()


def habits_of(data: Data) -> list[str]:
    """The habits that the sensors so far can show."""
    if not data.get("sensors"):
        return []
    part: Data = {key: data[key] for key in ("home", "residents", "sensors") if key in data}
    try:
        return sorted(names_of(parse(merged("", part)).spec(live=True).sensors))
    except ConfigError:
        return []


def _ask_review(asker: Asker, purpose: dict[str, Any], today: date) -> None:
    before = purpose.get("review")
    proposed = before if isinstance(before, date) and before > today else in_a_year(today)

    def check(answer: str) -> str | None:
        try:
            found = date.fromisoformat(answer)
        except ValueError:
            return "A date such as 2027-05-01."
        if found <= today:
            return "That day is past: name one to come."
        return None if (found - today).days <= _YEAR else "It is looked at again at least once a year."

    lines = ["By when is this decision looked at again? At least once a year."]
    purpose["review"] = date.fromisoformat(asker.text(lines, "Day", proposed.isoformat(), check))


def in_a_year(today: date) -> date:
    """The same day a year later.

    >>> in_a_year(date(2028, 2, 29))
    datetime.date(2029, 2, 28)
    """
    try:
        return today.replace(year=today.year + 1)
    except ValueError:
        return today.replace(year=today.year + 1, day=28)


def _bad_with(answer: str) -> str | None:
    return None if _CAPACITY[0] <= len(answer) <= _CAPACITY[1] else "Between 3 and 200 characters."


def _bad_why(answer: str) -> str | None:
    return None if _SHORT <= len(answer) <= _LONG else f"Between {_SHORT} and {_LONG} characters."
