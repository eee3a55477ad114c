"""docs/messages.md and docs/messages.schema.json say what the types say."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
import pytest

from gateway.uplink import answers, enrolling, replies, wire
from gateway.uplink.signatures import Request, sign_reply, sign_request
from models.kinds import AlertKind, Audience, Severity
from models.vocabulary import Change, Period
from models.wording import FORBIDDEN
from tests.enrolled import DESK

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "messages.md").read_text(encoding="utf-8")
EXAMPLES = [block.encode() for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
SCHEMA: dict[str, Any] = wire.schema()

UNIONS = {wire.Message: None, enrolling.Asking: "RequestAboutAKey", replies.Reply: "ReplyOfTheDesk"} | {
    answers.Answer: "AnswerOfAPerson"
}
"""Each closed list of types, and what the schema calls it; what leaves as a message is the schema's own root."""

TYPES: dict[str, tuple[type[msgspec.Struct], Any]] = {
    str(each.__struct_config__.tag): (each, union) for union in UNIONS for each in get_args(union)
}


def validator(union: Any) -> jsonschema.Draft202012Validator:
    name = UNIONS[union]
    root = SCHEMA if name is None else {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}
    return jsonschema.Draft202012Validator(root)


def test_the_schema_file_is_generated() -> None:
    written = json.loads((DOCS / "messages.schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(wire.schema())), "write it anew: wren check --schema"
    jsonschema.Draft202012Validator.check_schema(written)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_valid(example: bytes) -> None:
    raw = json.loads(example)
    _, union = TYPES[raw["type"]]
    again = msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(example, type=union)))
    assert {name: again[name] for name in raw} == raw
    validator(union).validate(raw)


@pytest.mark.parametrize("tag", TYPES)
def test_there_is_a_full_example_of_every_type(tag: str) -> None:
    seen = {name for example in EXAMPLES if (raw := json.loads(example))["type"] == tag for name in raw}
    assert seen == {"type", *TYPES[tag][0].__struct_fields__}
    assert f"## {tag}\n" in PAGE


@pytest.mark.parametrize("tag", TYPES)
def test_every_field_is_explained_in_words(tag: str) -> None:
    section = PAGE.partition(f"## {tag}\n")[2].partition("\n## ")[0]
    words = re.sub(r"```json\n.*?```", "", section, flags=re.DOTALL)
    common = PAGE.partition("## Fields of every message")[2].partition("\n## ")[0]
    common += PAGE.partition("# Answers of people")[2].partition("\n## ")[0]
    for field in TYPES[tag][0].__struct_fields__:
        assert f"`{field}`" in words + common or field == "period", f"{tag}.{field}"


def test_every_word_of_the_schema_is_explained() -> None:
    for words in (AlertKind, Severity, Audience, Change, Period):
        for word in words:
            assert f"`{word}`" in PAGE, word
    for each in (wire.HabitLine, wire.TrailHead, replies.Sealed):
        for field in each.__struct_fields__:
            assert f"`{field}`" in PAGE, field


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_schema_refuses_what_the_types_refuse(example: bytes) -> None:
    raw: dict[str, Any] = json.loads(example)
    _, union = TYPES[raw["type"]]
    field = next(name for name in ("id", "home", "key") if name in raw)
    for changed in (
        raw | {"more": 1},
        raw | {field: raw[field] + "!"},
        raw | {field: raw[field] + "\n"},
        raw | {"type": "reading"},
        {name: value for name, value in raw.items() if name != field},
    ):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(json.dumps(changed), type=union)
        assert not validator(union).is_valid(changed)


def test_the_example_of_a_receipt_carries_an_answer_that_opens() -> None:
    (receipt,) = (replies.decode(example) for example in EXAMPLES if json.loads(example)["type"] == "receipt")
    assert isinstance(receipt, replies.Receipt)
    (sealed,) = receipt.answers
    answer = answers.opened(DESK.public_key(), sealed, home="h-0001")
    assert isinstance(answer, answers.Acknowledged)
    assert answer.alert_id == receipt.id


def test_the_page_names_what_is_signed_as_it_is_signed() -> None:
    request = Request("POST", "https://desk.example:8443/v1/messages", {"Content-Type": "application/json"})
    sign_request(DESK, request, b"{}", sequence=4711, nonce="n", created_s=1_795_183_320)
    names = re.findall(r'"([@a-z-]+)"', request.headers["Signature-Input"].partition(")")[0])
    assert len(names) == 6
    listed = PAGE.partition("Covered are ")[2].partition("in this order")[0]
    assert re.findall(r'`"([@a-z-]+)"`', listed) == names
    for parameter in ("created", "keyid", "alg", "nonce", "tag"):
        assert f"`{parameter}`" in PAGE
    assert set(request.headers) <= set(re.findall(r"`([A-Z][A-Za-z-]+)`", PAGE))
    reply = sign_reply(DESK, 200, {"Content-Type": "application/json"}, b"{}", request, created_s=1_795_183_320)
    covered = reply["Signature-Input"].partition("(")[2].partition(")")[0]
    assert covered == '"@status" "content-type" "content-digest" "signature";key="wren";req'
    for component in ('`"@status"`', '`"signature";key="wren";req`'):
        assert component in PAGE.partition("Every reply is signed")[2].partition("\n\n")[0]


def test_the_examples_keep_the_rules_of_wording() -> None:
    assert not FORBIDDEN.search(PAGE)
