"""Google's own description of the Calendar API as a judge of requests and of the stand-in's answers.

It comes with Google's client library. What it only says in words (values of a few strings) is written down here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient
from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]

_DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "calendar.v3.json"
_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_VALUES = {
    ("Event", "status"): ["confirmed", "tentative", "cancelled"],
    ("Event", "transparency"): ["opaque", "transparent"],
    ("Event", "visibility"): ["default", "public", "private", "confidential"],
    ("Event", "eventType"): ["birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"],
    ("EventAttendee", "responseStatus"): ["needsAction", "declined", "tentative", "accepted"],
    ("Channel", "type"): ["web_hook", "webhook"],
}


@dataclass(frozen=True)
class Method:
    """One call of the API: ``id`` as Google names it ("calendar.events.insert")."""

    id: str
    verb: str
    path: str
    parameters: Json
    takes: str
    gives: str


@cache
def document() -> Json:
    return json.loads(_DOCUMENT.read_text("utf-8"))


def methods() -> Iterator[Method]:
    def walk(resource: Json) -> Iterator[Method]:
        for one in resource.get("methods", {}).values():
            parameters = {**document()["parameters"], **one.get("parameters", {})}
            takes, gives = (one.get(name, {}).get("$ref", "") for name in ("request", "response"))
            yield Method(one["id"], one["httpMethod"], one["path"], parameters, takes, gives)
        for inner in resource.get("resources", {}).values():
            yield from walk(inner)

    return walk(document())


def query_problems(method: Method, query: list[tuple[str, str]]) -> list[str]:
    """What is wrong with the query of a request."""
    known = {name: spec for name, spec in method.parameters.items() if spec.get("location") == "query"}
    problems = [
        f"{method.id}: {name} is missing"
        for name, spec in known.items()
        if spec.get("required") and name not in dict(query)
    ]
    seen: set[str] = set()
    for name, value in query:
        spec = known.get(name)
        if spec is None:
            problems.append(f"{method.id}: no parameter {name}")
        elif name in seen and not spec.get("repeated"):
            problems.append(f"{method.id}: {name} twice")
        elif why := _wrong_value(spec, value):
            problems.append(f"{method.id}: {name}={value} {why}")
        seen.add(name)
    return problems


def _wrong_value(spec: Mapping[str, Any], value: str) -> str:
    kind = spec["type"]
    if kind == "boolean":
        return "" if value in ("true", "false") else "is no boolean"
    if kind == "integer":
        good = value.lstrip("-").isdigit() and int(value) >= int(spec.get("minimum", "-2147483648"))
        return "" if good else "is no such number"
    if "enum" in spec and value not in spec["enum"]:
        return f"is none of {spec['enum']}"
    if spec.get("format") == "date-time" and not _WITH_OFFSET.fullmatch(value):
        return "has no offset"
    return ""


def body_problems(method: Method, body: Any) -> list[str]:
    """What is wrong with the body of a request; None in a PATCH takes a field away."""
    if not method.takes:
        return [] if body is None else [f"{method.id}: takes no body"]
    if not isinstance(body, dict):
        return [f"{method.id}: needs an object"]
    stripped = _without_none(body) if method.verb == "PATCH" else body
    problems = [
        f"{method.id}: {error.json_path} {error.message[:200]}"
        for error in _validator(method.takes, answer=False).iter_errors(stripped)
    ]
    for name, spec in document()["schemas"][method.takes]["properties"].items():
        if method.id in spec.get("annotations", {}).get("required", []) and name not in body:
            problems.append(f"{method.id}: {name} is missing")
    return problems


def answer_problems(method: Method, body: Any) -> list[str]:
    """What is wrong with an answer of the stand-in itself."""
    if not method.gives:
        return [] if body is None else [f"{method.id}: answers without a body"]
    found = _validator(method.gives, answer=True).iter_errors(body)
    return [f"answer of {method.id}: {error.json_path} {error.message[:200]}" for error in found]


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(one) for name, one in value.items() if one is not None}
    return value


@cache
def _validator(name: str, *, answer: bool) -> Draft202012Validator:
    """``answer``: times have offsets; a request may say the zone beside them instead."""
    definitions = {one: _schema(spec, one) for one, spec in document()["schemas"].items()}
    checker = FormatChecker(formats=())
    checker.checks("date", raises=ValueError)(lambda value: bool(date.fromisoformat(value)))
    pattern = _WITH_OFFSET if answer else _WALL
    checker.checks("date-time", raises=ValueError)(
        lambda value: bool(pattern.fullmatch(value) and datetime.fromisoformat(value))
    )
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions}, format_checker=checker)


def _schema(spec: Json, name: str = "") -> Json:
    """Google's schema as JSON Schema: nothing beside what is named."""
    if "$ref" in spec:
        return {"$ref": f"#/$defs/{spec['$ref']}"}
    if spec["type"] == "any":
        return {}
    result: Json = {"type": spec["type"]}
    if spec["type"] == "array":
        result["items"] = _schema(spec["items"])
    if spec["type"] == "object":
        extra = spec.get("additionalProperties")
        result["properties"] = {one: _schema(inner) for one, inner in spec.get("properties", {}).items()}
        result["additionalProperties"] = _schema(extra) if extra else False
        for one in result["properties"]:
            if (name, one) in _VALUES:
                result["properties"][one]["enum"] = _VALUES[name, one]
    if spec.get("format") in ("date", "date-time"):
        result["format"] = spec["format"]
    return result
