"""What others' servers say, made small and plain: descriptions, schemas, results. Pure; trusts nothing.

A schema keeps what a model needs to fill it in. Patterns go (they can take for ever), references are put in place.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from store.errors import Invalid
from tools.plaintext import clean_line, clean_text

ANSWER_CHARS: Final = 4000
DESCRIPTION_CHARS: Final = 300
_SCHEMA_CHARS: Final = 6000
_DEPTH: Final = 6
_PARTS: Final = 200
_PROPERTIES: Final = 24
_CHOICES: Final = 40
_PROPERTY_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_TOOL_NAME: Final = re.compile(r"[A-Za-z0-9_./-]{1,64}")
_TYPES: Final = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
_PLAIN: Final = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


class SchemaRefused(Invalid):
    """A tool whose arguments cannot be described to a model."""

    code = "schema_refused"


def is_tool_name(name: str) -> bool:
    return bool(_TOOL_NAME.fullmatch(name))


def described(text: str | None) -> str:
    """One line of a description."""
    return clean_line((text or "")[:4000], limit=DESCRIPTION_CHARS)


def clean_schema(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object, with nothing in it that is not needed. Raises SchemaRefused."""
    cleaned = _Cleaner(raw).clean(raw)
    cleaned.setdefault("properties", {})
    if cleaned.get("type") != "object":
        raise SchemaRefused("It takes something that is no object.")
    if len(json.dumps(cleaned)) > _SCHEMA_CHARS:
        raise SchemaRefused("It takes more than can be described to an assistant.")
    return cleaned


def checked_arguments(schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, if the schema has them and they are of its kind; the server looks closer. Raises Invalid."""
    known: Mapping[str, Any] = schema["properties"]
    arguments = {name: value for name, value in given.items() if value is not None}
    if unknown := sorted(arguments.keys() - known.keys()):
        raise Invalid(f"There is no argument called {clean_line(', '.join(unknown), limit=100)}.")
    if missing := [name for name in schema.get("required", ()) if name not in arguments]:
        raise Invalid(f"I still need {', '.join(missing)}.")
    for name, value in arguments.items():
        if not _fits(known[name], value):
            raise Invalid(f"I did not get {name} right.")
    return arguments


def told(content: Sequence[Any], structured: Any) -> str:
    """The text of a result; what is no text is only named."""
    parts: list[str] = []
    for block in content[:50]:
        text = getattr(block, "text", None)
        parts.append(text[: 4 * ANSWER_CHARS] if isinstance(text, str) else f"({_kind(block)} left out)")
    if not parts and structured is not None:
        parts.append(json.dumps(structured, ensure_ascii=False, default=str)[: 4 * ANSWER_CHARS])
    return clean_text("\n".join(parts)[: 8 * ANSWER_CHARS], limit=ANSWER_CHARS)


def _kind(block: Any) -> str:
    return clean_line(str(getattr(block, "type", "something")), limit=20)


class _Cleaner:
    """Cleans the parts of one schema; what refers to itself, or is endless otherwise, has an end here."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = _PARTS

    def clean(self, node: Any, depth: int = 0) -> dict[str, Any]:
        self._left -= 1
        if depth > _DEPTH or self._left < 0 or not isinstance(node, Mapping):
            raise SchemaRefused("It takes something too deep.")
        node = self._followed(node)
        kept: dict[str, Any] = {name: node[name] for name in _PLAIN if _is_number(node.get(name))}
        for name, limit in (("description", 200), ("format", 30)):
            if isinstance(node.get(name), str):
                kept[name] = clean_line(node[name][:2000], limit=limit)
        choices = node.get("enum", [node["const"]] if "const" in node else None)
        if choices is not None:
            kept["enum"] = _choices(choices)
        options = node.get("anyOf") or node.get("oneOf")
        if isinstance(options, list) and "type" not in node:
            return _either(kept, [self.clean(one, depth + 1) for one in options[:6]])
        kept["type"] = _kind_of(node, depth)
        if kept["type"] == "array":
            kept["items"] = self.clean(node.get("items") or {"type": "string"}, depth + 1)
        if kept["type"] == "object":
            kept |= self._properties(node, depth)
        return kept

    def _properties(self, node: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = node.get("properties") or {}
        if not isinstance(properties, Mapping) or len(properties) > _PROPERTIES:
            raise SchemaRefused("It takes too many arguments.")
        if not all(isinstance(name, str) and _PROPERTY_NAME.fullmatch(name) for name in properties):
            raise SchemaRefused("It takes arguments with odd names.")
        cleaned = {name: self.clean(value, depth + 1) for name, value in properties.items()}
        required = node.get("required")
        wanted = [name for name in cleaned if name in required] if isinstance(required, list) else []
        return {"properties": cleaned, **({"required": wanted} if wanted else {})}

    def _followed(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = node.get("$ref")
        if reference is None:
            return node
        found = re.fullmatch(r"#/(\$defs|definitions)/([^/~]{1,100})", str(reference))
        places = self._root.get(found[1]) if found else None
        target = places.get(found[2]) if found and isinstance(places, Mapping) else None
        if not isinstance(target, Mapping) or "$ref" in target:
            raise SchemaRefused("It refers to something that is not there.")
        return {**target, **{name: value for name, value in node.items() if name != "$ref"}}


def _kind_of(node: Mapping[str, Any], depth: int) -> str:
    kind = node.get("type")
    if isinstance(kind, list):  # ["string", "null"]
        kind = next((one for one in kind if one != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in node or not depth else "string"
    if not isinstance(kind, str) or kind not in (*_TYPES, "null"):
        raise SchemaRefused("It takes something of no known kind.")
    return kind


def _either(kept: dict[str, Any], options: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several; "or nothing" is said by leaving it out."""
    options = [one for one in options if one["type"] != "null"]
    if not options:
        raise SchemaRefused("It takes nothing at all.")
    return {**options[0], **kept}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _choices(given: Any) -> list[Any]:
    if not isinstance(given, list) or not 0 < len(given) <= _CHOICES:
        raise SchemaRefused("It offers too many choices.")
    choices = [one for one in given if one is not None]
    if not choices or not all(_is_choice(one) for one in choices):
        raise SchemaRefused("It offers odd choices.")
    return choices


def _is_choice(one: Any) -> bool:
    if isinstance(one, str):
        return one == clean_line(one, limit=100)
    return isinstance(one, bool) or _is_number(one)


def _fits(schema: Mapping[str, Any], value: Any) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    kind = schema["type"]
    if kind == "null":
        return False
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _TYPES[kind])
