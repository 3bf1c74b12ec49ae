"""The HTTP interface described by itself: OpenAPI 3.1 made from the route table and its pydantic models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ingest.routes import Route

_REF = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person that says what to do."},
        "code": {"type": "string", "description": "snake_case, for programs."},
        "request_id": {"type": "string"},
    },
}


def describe(routes: Sequence[Route], *, version: str) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    schemas = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "VoiceLoop",
            "version": version,
            "description": "A realtime voice agent: calls, documents, calendar, conversations.",
        },
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Problem": _PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "An API key (`vl_...`) or a token."},
                "page": {"type": "apiKey", "in": "cookie", "name": "voiceloop_session"},
            },
        },
        "tags": [{"name": name} for name in dict.fromkeys(route.tag for route in routes)],
    }


def _schemas(routes: Sequence[Route]) -> dict[str, Any]:
    wanted: dict[type[BaseModel], None] = {}
    for route in routes:
        for model in (route.body, route.query, route.answer):
            if isinstance(model, type):
                wanted[model] = None
    _, document = models_json_schema([(model, "validation") for model in wanted], ref_template=_REF)
    return document.get("$defs", {})


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "description": route.description,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": {str(route.status): _answer(route), "default": _problem_answer()},
        "security": [] if route.scope is None else [{"bearer": [route.scope] if route.scope else []}, {"page": []}],
    }
    if route.upload:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _UPLOAD}}}
    elif route.body:
        schema = {"$ref": f"#/components/schemas/{route.body.__name__}"}
        operation["requestBody"] = {
            "required": _needs_body(route.body),
            "content": {"application/json": {"schema": schema}},
        }
    return operation


_UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "title": {"type": "string"},
    },
}


def _needs_body(model: type[BaseModel]) -> bool:
    return any(field.is_required() for field in model.model_fields.values())


def _answer(route: Route) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done; no content."}
    if isinstance(route.answer, str):
        return {"description": route.summary, "content": {route.answer: {"schema": {"type": "string"}}}}
    schema = {"$ref": f"#/components/schemas/{route.answer.__name__}"}
    return {"description": route.summary, "content": {"application/json": {"schema": schema}}}


def _problem_answer() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "What went wrong (RFC 9457).", "content": {"application/problem+json": {"schema": schema}}}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    if route.method == "GET" or route.scope is None:
        return []
    text = "Repeat a write safely: the same key gets the first answer again."
    schema = {"type": "string", "maxLength": 200}
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "description": text, "schema": schema}]
