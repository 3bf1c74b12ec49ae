"""OpenAI's OpenAPI document as a judge of request bodies. Without the document everything passes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "specs" / "openai.json"


@cache
def _schemas() -> dict[str, Any] | None:
    return _with_null_types(json.loads(DOCUMENT.read_text())["components"]) if DOCUMENT.exists() else None


def _with_null_types(node: Any) -> Any:
    """The document says 3.1 but marks nullable the way 3.0 did."""
    if isinstance(node, list):
        return [_with_null_types(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _with_null_types(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": _schemas()})


def body_problems(schema: str, body: dict[str, Any]) -> list[str]:
    """What is wrong with a request body that should be a `schema` ("CreateSpeechRequest")."""
    if _schemas() is None:
        return []
    return [f"{schema}: {error.json_path} {error.message[:200]}" for error in _validator(schema).iter_errors(body)]
