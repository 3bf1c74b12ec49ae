"""The HTTP interface described by itself: OpenAPI 3.1 made from the route table and its pydantic models.

Every status an operation can answer is named, and no other; they follow from the route, what is left is its ``errors``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ingest.routes import Route

_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}
_SECONDS = {"type": "integer", "minimum": 1}
_PATH_TYPES: dict[str, dict[str, Any]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "integer": {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
    "string": {"type": "string", "minLength": 1},
}
_MEANINGS = {
    400: "The request is malformed.",
    401: "Nobody is signed in, or the key or token is wrong.",
    403: "Who asks may not do this.",
    404: "There is no such thing in this tenant.",
    408: "The body stopped coming.",
    409: "It clashes with what is there, or with a repeated request under way.",
    413: "The request is too large.",
    415: "Content of a kind that is not taken.",
    422: "The request makes no sense as it is; `errors` names the fields.",
    429: "Too many requests; `Retry-After` says when to try again.",
    503: "Something this depends on does not answer now, or it took too long.",
}
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
        for model in (route.body, route.query, route.answer, *(answer for _, answer in route.also)):
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
        "responses": _responses(route),
        "security": [] if route.scope is None else [*_bearers(route), {"page": []}],
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


def _bearers(route: Route) -> list[dict[str, list[str]]]:
    return [{"bearer": [scope]} for scope in route.scopes] or [{"bearer": []}]


_UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "title": {"type": "string"},
        "replaces": {"type": "string", "format": "uuid"},
    },
}


def _needs_body(model: type[BaseModel]) -> bool:
    return any(field.is_required() for field in model.model_fields.values())


def _responses(route: Route) -> dict[str, Any]:
    status = route.status if route.answer is not None else HTTPStatus.NO_CONTENT.value  # as `respond` has it
    answers = {str(status): _answer(route, route.answer)}
    answers |= {str(status): _answer(route, answer) for status, answer in route.also}
    errors = sorted({status for status in errors_of(route) if str(status) not in answers})
    return answers | {str(status): _problem_answer(status) for status in errors}


def errors_of(route: Route) -> set[int]:
    """The statuses of the errors that this route can answer with."""
    errors = {400, *route.errors}  # 400: what is no HTTP at all
    if route.path != "/health":
        errors.add(503)
    if route.is_limited:
        errors.add(429)
    if route.scope is not None:
        errors |= {401, 403}
    if "{" in route.path:
        errors.add(404)
    if route.query or route.body:
        errors.add(422)
    if route.method in _WITH_BODY:
        errors |= {408, 413}
        if route.scope is not None:
            errors |= {409, 422}  # an Idempotency-Key that is in use, or was used for something else
    if route.upload:
        errors |= {409, 415, 422}
    return errors


def _answer(route: Route, answer: type[BaseModel] | str | None) -> dict[str, Any]:
    if answer is None:
        return {"description": "Done; no content."}
    if isinstance(answer, str):
        kind = "object" if answer == "application/json" else "string"
        return {"description": route.summary, "content": {answer: {"schema": {"type": kind}}}}
    schema = {"$ref": f"#/components/schemas/{answer.__name__}"}
    return {"description": route.summary, "content": {"application/json": {"schema": schema}}}


def _problem_answer(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    answer: dict[str, Any] = {
        "description": _MEANINGS.get(status) or HTTPStatus(status).phrase,
        "content": {"application/problem+json": {"schema": schema}},
    }
    if status == HTTPStatus.BAD_REQUEST:  # the web server's own answer to what never becomes a request
        answer["content"]["text/plain"] = {"schema": {"type": "string"}}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["headers"] = {
            "Retry-After": {"description": "Seconds until it is worth trying again.", "schema": _SECONDS},
            "RateLimit-Policy": {"description": '`"NAME";q=REQUESTS;w=SECONDS`', "schema": {"type": "string"}},
            "RateLimit": {"description": '`"NAME";r=REMAINING;t=SECONDS`', "schema": {"type": "string"}},
        }
    if status == HTTPStatus.UNAUTHORIZED:
        answer["headers"] = {"WWW-Authenticate": {"description": "`Bearer`", "schema": {"type": "string"}}}
    return answer


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    types = dict(route.path_types)
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH_TYPES[types.get(name, "uuid")]}
        for name in re.findall(r"{(\w+)}", route.path)
    ]


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
