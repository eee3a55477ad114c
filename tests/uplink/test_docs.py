"""docs/messages.md and docs/messages.schema.json say what the types say."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from gateway.uplink import replies, wire
from models.kinds import AlertKind, Audience, Severity
from models.vocabulary import Change, Period

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "messages.md").read_text(encoding="utf-8")
EXAMPLES = [block.encode() for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
SCHEMA: dict[str, Any] = wire.schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
RECEIPT = jsonschema.Draft202012Validator({"$ref": "#/$defs/Receipt", "$defs": SCHEMA["$defs"]})


def test_the_schema_file_is_generated() -> None:
    written = json.loads((DOCS / "messages.schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(wire.schema())), "write it anew from gateway.uplink.wire.schema()"
    jsonschema.Draft202012Validator.check_schema(written)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_valid(example: bytes) -> None:
    raw = json.loads(example)
    if raw["type"] == "receipt":
        assert msgspec.json.decode(replies.encode(replies.decode(example))) == raw
        RECEIPT.validate(raw)
    else:
        again = msgspec.json.decode(wire.encode(wire.decode(example)))
        assert {name: again[name] for name in raw} == raw
        VALIDATOR.validate(raw)


def test_there_is_a_full_example_of_every_type() -> None:
    seen: dict[str, set[str]] = {}
    for example in EXAMPLES:
        raw = json.loads(example)
        seen.setdefault(raw["type"], set()).update(raw)
    types: tuple[type[msgspec.Struct], ...] = (wire.Alert, wire.AlertUpdate, wire.Summary, wire.Status, replies.Receipt)
    for each in types:
        tag = str(each.__struct_config__.tag)
        assert seen[tag] == {"type", *each.__struct_fields__}, tag
        assert f"## {tag}\n" in PAGE


def test_every_word_of_the_schema_is_explained() -> None:
    for words in (AlertKind, Severity, Audience, Change, Period):
        for word in words:
            assert f"`{word}`" in PAGE, word
    for each in (wire.Alert, wire.AlertUpdate, wire.Summary, wire.Status, replies.Receipt):
        for field in each.__struct_fields__:
            assert f"`{field}`" in PAGE or f'"{field}"' in PAGE, field


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_schema_refuses_what_the_types_refuse(example: bytes) -> None:
    raw: dict[str, Any] = json.loads(example)
    is_receipt = raw["type"] == "receipt"
    decode = replies.decode if is_receipt else wire.decode
    for changed in (
        raw | {"more": 1},
        raw | {"id": raw["id"].upper()},
        raw | {"id": raw["id"] + "\n"},
        raw | {"type": "reading"},
        {name: value for name, value in raw.items() if name != "id"},
    ):
        with pytest.raises(msgspec.ValidationError):
            decode(json.dumps(changed).encode())
        assert not (RECEIPT if is_receipt else VALIDATOR).is_valid(changed)


def test_the_examples_keep_the_rules_of_wording() -> None:
    forbidden = (
        r"dehydrat|urinary|\buti\b|infection|fall detected|has fallen|dementia|depress|stress|diagnos|disease|"
        r"heart attack|stroke"
    )
    assert not re.search(forbidden, PAGE, re.IGNORECASE)
