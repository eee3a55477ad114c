"""What was answered, put into the text of home.toml: only the tables that differ are written anew.

tomlkit changes a table and keeps its comments; but it moves tables that stand between those of a list, so it is never
given more than the one table (`blocks.segments`), where the text allows that.
"""

import tomllib
from collections import Counter
from collections.abc import MutableMapping
from typing import Any, Final

from gateway.errors import InputError
from gateway.setup.blocks import ARRAYS, Irregular, Segment, Unit, segments
from gateway.setup.sections import SECTIONS, comment, head, table, value

Data = dict[str, Any]
"""A home.toml as tomllib reads it."""

_ORDER: Final = list(SECTIONS)


def merged(text: str, wanted: Data) -> str:
    """`text` with `wanted` in it; every comment, and every line of a table that does not change, stays as it is.

    Raises InputError: it is written in a way that cannot be changed without losing something.
    """
    try:
        result = _by_units(text, wanted)
    except Irregular:
        result = _as_a_whole(text, wanted)
    if _sorted(tomllib.loads(result)) != _sorted(wanted):
        raise _beyond_us()
    return result


def _beyond_us() -> InputError:
    advice = "Write lists as [[sensors]] tables, one after another, and run this again; nothing was changed."
    return InputError("This home.toml is laid out so that it cannot be changed without losing a part.", advice=advice)


def _by_units(text: str, wanted: Data) -> str:
    found = segments(text)
    before, after = _units(tomllib.loads(text)), _units(wanted)
    known = {one.unit for one in found}
    for one in list(found):
        if one.unit is None or (old := before[one.unit]) == (new := after.get(one.unit)):
            continue
        if new is None:
            _take_out(found, one)
        else:
            one.body = _changed(one, old, new)
    if not text.strip():
        found[0].tail = head()
    for unit in sorted((unit for unit in after if unit not in known), key=lambda unit: _ORDER.index(unit[0])):
        _put_in(found, unit, after[unit])
    return "".join(one.body + one.tail for one in found)


def _units(data: Data) -> dict[Unit, Data]:
    found: dict[Unit, Data] = {}
    for section, raw in data.items():
        if section in ARRAYS:
            key = ARRAYS[section]
            found |= {(section, str(one.get(key)) if key else str(at)): one for at, one in enumerate(raw)}
        elif section == "alerts":
            found |= {(section, kind): one for kind, one in raw.items()}
        else:
            found[section, None] = raw
    return found


def _changed(segment: Segment, old: Data, new: Data) -> str:
    import tomlkit

    assert segment.unit is not None
    section, name = segment.unit
    document = tomlkit.parse(segment.body if segment.body.endswith("\n") else f"{segment.body}\n")
    place: Any = document[section]
    if section in ARRAYS:
        place = place[0]
    elif section == "alerts":
        place = place[name]
    _update(place, old, new)
    return _with_its_comments(segment.body, tomlkit.dumps(document))


def _update(place: MutableMapping[str, Any], old: Data, new: Data) -> None:
    from tomlkit.items import Table

    for key in [key for key in old if key not in new]:
        del place[key]
    for key, one in new.items():
        if key in old and old[key] == one:
            continue
        there = place.get(key)
        if isinstance(there, Table) and isinstance(one, dict):
            _update(there, old[key], one)
        else:
            place[key] = _item(one)


def _item(one: object) -> object:
    import tomlkit

    return tomlkit.value(value(one))


def _take_out(found: list[Segment], segment: Segment) -> None:
    """Its comments at the end stay: they are of what follows. Ours above a section that is empty now goes with it."""
    assert segment.unit is not None
    before = found[found.index(segment) - 1]
    found.remove(segment)
    ours = comment(segment.unit[0])
    if all(one.unit is None or one.unit[0] != segment.unit[0] for one in found) and before.tail.endswith(ours):
        before.tail = before.tail.removesuffix(ours)
    double = before.tail.endswith("\n") and segment.tail.startswith("\n")
    before.tail += segment.tail[1:] if double else segment.tail


def _put_in(found: list[Segment], unit: Unit, values: Data) -> None:
    section, name = unit
    text = table(section, name, values, is_array=section in ARRAYS)
    same = [at for at, one in enumerate(found) if one.unit is not None and one.unit[0] == section]
    if same:
        at = same[-1]
    else:
        text = comment(section) + text
        upto = [at for at, one in enumerate(found) if one.unit and one.unit[0] in _ORDER[: _ORDER.index(section)]]
        at = upto[-1] if upto else 0
    before = found[at]
    if at == 0 and not same:  # what stands above the first table may be of the file
        found.insert(1, Segment(unit, f"\n{text}" if before.tail.strip() else text, "\n" if len(found) > 1 else ""))
        return
    if not before.body.endswith("\n"):
        before.body += "\n"
    found.insert(at + 1, Segment(unit, f"\n{text}", before.tail))
    before.tail = ""


def _as_a_whole(text: str, wanted: Data) -> str:
    import tomlkit

    document: Any = tomlkit.parse(text)
    for section, old in tomllib.loads(text).items():
        new = wanted.get(section)
        if old == new:
            continue
        if new is None:
            del document[section]
        elif isinstance(old, dict):
            _update(document[section], old, new)
        else:
            document[section] = _item(new)
    rest = {section: new for section, new in wanted.items() if section not in document}
    done = _with_its_comments(text, tomlkit.dumps(document))
    return _by_units(done, tomllib.loads(done) | rest) if rest and _is_regular(done) else done


def _is_regular(text: str) -> bool:
    try:
        segments(text)
    except Irregular:
        return False
    return True


def _sorted(data: Data) -> Data:
    """The order in which things stand in a list says nothing."""
    return {key: sorted(one, key=repr) if key in ARRAYS else one for key, one in data.items() if one not in ({}, [])}


def _with_its_comments(before: str, after: str) -> str:
    if _comments(before) - _comments(after):
        raise _beyond_us()
    return after


def _comments(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.splitlines() if line.lstrip().startswith("#"))
