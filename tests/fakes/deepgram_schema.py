"""Deepgram's AsyncAPI and OpenAPI documents as a judge of messages and requests. Without them everything passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "specs" / "deepgram-asyncapi.yml"
OPENAPI = DOCUMENT.with_name("deepgram-openapi.yml")
# the service and its own SDK know these, the document does not
UNDOCUMENTED = {"no_delay", "filler_words"}


@cache
def _document() -> dict[str, Any] | None:
    return yaml.safe_load(DOCUMENT.read_text()) if DOCUMENT.exists() else None


@cache
def _validators(side: str) -> dict[str, Draft202012Validator]:
    """Validators by message type, of the messages `side` ("listen.v1-client") may send as JSON."""
    document = _document()
    assert document is not None
    found: dict[str, Draft202012Validator] = {}
    for name, message in document["components"]["messages"].items():
        if f".{side}-" in name and not name.endswith("Media") and not name.endswith("Audio"):
            kind = name.rsplit("V1", 1)[-1]
            found[kind] = Draft202012Validator({**message["payload"], "components": document["components"]})
    return found


def message_problems(side: str, message: Mapping[str, Any]) -> list[str]:
    """What is wrong with a JSON message sent by `side`; empty when nothing is."""
    if _document() is None:
        return []
    validators = _validators(side)
    candidates = [validators[kind] for kind in validators if kind == message.get("type")] or [
        validators[kind] for kind in ("Text",) if kind in validators and message.get("type") == "Speak"
    ]
    if not candidates:
        return [f"{side}: no message {message.get('type')!r}, only {sorted(validators)}"]
    return [f"{side} {message.get('type')}: {error.message}" for error in candidates[0].iter_errors(message)]


def query_problems(path: str, names: Iterable[str]) -> list[str]:
    """Query parameters of the WebSocket at `path` that the document does not know."""
    document = _document()
    if document is None:
        return []
    known = set(document["channels"][path]["bindings"]["ws"]["query"]["properties"])
    return [f"{path}: unknown parameter {name}" for name in names if name not in known | UNDOCUMENTED]


@cache
def _recorded() -> dict[str, Any] | None:
    return yaml.safe_load(OPENAPI.read_text()) if OPENAPI.exists() else None


def listen_problems(query: Mapping[str, str], answer: Mapping[str, Any]) -> list[str]:
    """What is wrong with a POST to /v1/listen: parameters the document does not know, fields of the answer."""
    document = _recorded()
    if document is None:
        return []
    operation = document["paths"]["/v1/listen"]["post"]
    known = {one["name"]: one.get("schema", {}) for one in operation["parameters"] if one["in"] == "query"}
    problems = [f"/v1/listen: unknown parameter {name}" for name in query if name not in known]
    problems += [
        f"/v1/listen: {name} is {value!r}, no boolean"
        for name, value in query.items()
        if known.get(name, {}).get("type") == "boolean" and value not in {"true", "false"}
    ]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    judge = Draft202012Validator({**schema, "components": document["components"]})
    return problems + [
        f"/v1/listen answer: {error.json_path} {error.message[:200]}" for error in judge.iter_errors(answer)
    ]
