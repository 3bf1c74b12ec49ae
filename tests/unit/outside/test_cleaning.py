"""What a server says of its tools becomes a small plain schema or is refused; what it answers becomes bounded text."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp_types import ImageContent, TextContent

from store.errors import Invalid
from tools.outside.addresses import Guard
from tools.outside.cleaning import SchemaRefused, checked_arguments, clean_schema, told
from tools.outside.transport import LONGEST_ANSWER, CheckedTransport, client

WORDS = st.sampled_from(
    "type properties required items enum const anyOf $ref $defs description minimum object string array null "
    "#/$defs/a a b".split()
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=5)
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=5))


def test_what_a_model_needs_stays_and_the_rest_goes() -> None:
    raw = {
        "type": "object",
        "title": "Arguments",
        "$defs": {"Level": {"enum": ["low", "high"], "type": "string"}},
        "properties": {
            "level": {"$ref": "#/$defs/Level", "description": "How\u202e bad."},
            "note": {"anyOf": [{"type": "string", "pattern": "(a+)+$"}, {"type": "null"}], "default": None},
            "tags": {"type": ["array", "null"], "items": {"type": "string"}, "maxItems": 3},
        },
        "required": ["level", "gone"],
    }
    assert clean_schema(raw) == {
        "type": "object",
        "properties": {
            "level": {"type": "string", "enum": ["low", "high"], "description": "How bad."},
            "note": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        },
        "required": ["level"],
    }


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "string"},
        {"properties": {"a b": {}}},
        {"properties": {f"p{number}": {} for number in range(25)}},
        {"properties": {"x": {"$ref": "https://evil.example/x"}}},
        {"properties": {"x": {"$ref": "#/$defs/x"}}, "$defs": []},
        {"properties": {"x": {"type": {"a": 1}}}},
        {"properties": {"x": {"enum": ["a\nb"]}}},
        {"properties": {"x": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"properties": {"x": {"$ref": "#/$defs/x"}}}}},
        {
            "properties": {f"p{number}": {"$ref": "#/$defs/x"} for number in range(24)},
            "$defs": {"x": {"properties": {f"p{number}": {"$ref": "#/$defs/x"} for number in range(24)}}},
        },
    ],
)
def test_what_cannot_be_described_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(SchemaRefused):
        clean_schema(raw)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(WORDS, JSON, max_size=6))
def test_any_json_becomes_a_small_schema_or_is_refused(raw: dict[str, Any]) -> None:
    try:
        cleaned = clean_schema(raw)
    except SchemaRefused:
        return
    assert len(json.dumps(cleaned, allow_nan=False)) <= 6000
    assert cleaned["type"] == "object"


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), JSON))
def test_arguments_are_those_of_the_schema_or_refused(arguments: dict[str, Any]) -> None:
    schema = clean_schema({"properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"enum": ["x"]}}})
    try:
        kept = checked_arguments(schema, arguments)
    except Invalid:
        return
    assert kept.keys() <= {"a", "b", "c"}
    assert kept.get("c", "x") == "x"


def test_an_answer_is_text_cut_and_without_what_nobody_sees() -> None:
    text = TextContent(type="text", text="Sun\u200bny.\x1b[31m")
    picture = ImageContent(type="image", data="AAAA", mime_type="image/png")
    assert told([text, picture], None) == "Sunny.[31m\n(image left out)"
    assert told([], {"degrees": 21}) == '{"degrees": 21}'
    assert len(told([TextContent(type="text", text="x" * 1_000_000)], None)) == 4000


async def answered(**response: Any) -> tuple[httpx2.Response, str]:
    """What the client gets of a server that answers so, and the problem that was noted."""

    async def resolver(host: str, _: int) -> list[str]:
        return ["93.184.215.14"]

    transport = CheckedTransport(Guard(), resolver)
    transport._inner = httpx2.MockTransport(lambda _: httpx2.Response(**response))  # pyright: ignore[reportAttributeAccessIssue]
    async with client(transport, {"X-Team": "a"}) as http:
        return await http.post("https://mcp.example.org/mcp", json={}), transport.problem


async def test_compressed_and_endless_answers_are_no_answers() -> None:
    bomb, problem = await answered(status_code=200, headers={"Content-Encoding": "gzip"}, content=b"")
    assert (bomb.status_code, problem) == (502, "The server broke off the connection.")

    async def endless() -> Any:
        while True:
            yield b"x" * 100_000

    cut, _ = await answered(status_code=200, content=endless())
    assert len(cut.content) <= LONGEST_ANSWER


async def test_the_name_stays_while_the_checked_address_is_connected_to() -> None:
    seen: list[httpx2.Request] = []

    async def resolver(host: str, _: int) -> list[str]:
        return ["93.184.215.14"]

    transport = CheckedTransport(Guard(), resolver)
    transport._inner = httpx2.MockTransport(lambda sent: (seen.append(sent), httpx2.Response(200))[1])  # pyright: ignore[reportAttributeAccessIssue]
    async with client(transport, {}) as http:
        await http.get("https://mcp.example.org/mcp")
    assert seen[0].url.host == "93.184.215.14"
    assert seen[0].headers["host"] == "mcp.example.org"
    assert seen[0].extensions["sni_hostname"] == "mcp.example.org"
