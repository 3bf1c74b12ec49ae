"""The content security policy, word by word, and what the description says of every route."""

from __future__ import annotations

import re

import pytest

from ingest.app import ROUTE_LISTS
from ingest.headers import content_security_policy
from ingest.limits import KINDS
from ingest.openapi import describe, errors_of
from ingest.routes import Route, pattern_of

ROUTES = [route for routes in ROUTE_LISTS for route in routes.items]
NAMES = [f"{route.method} {route.path}" for route in ROUTES]
each_route = pytest.mark.parametrize("route", ROUTES, ids=NAMES)


def test_nothing_inline_and_nothing_from_elsewhere_runs() -> None:
    policy = dict(part.split(" ", 1) for part in content_security_policy("wss://media.example").split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == "'self' wss://media.example https://media.example"
    assert "unsafe" not in str(policy)


def test_those_who_embed_are_named() -> None:
    policy = content_security_policy("ws://localhost:7880", ("https://a.example", "https://b.example"))
    assert policy.endswith("; frame-ancestors https://a.example https://b.example")


@each_route
def test_the_description_names_every_status_and_no_default(route: Route) -> None:
    operation = describe(ROUTES, version="1")["paths"][route.path][route.method.lower()]
    answers = operation["responses"]
    assert "default" not in answers
    assert {str(status) for status in errors_of(route)} <= set(answers)
    if "429" in answers:
        assert answers["429"]["headers"]["Retry-After"]["schema"] == {"type": "integer", "minimum": 1}
    for status, answer in answers.items():
        if int(status) >= 400 and status != "503":
            plain = ["text/plain"] if status == "400" else []  # of what never becomes a request
            assert list(answer["content"]) == ["application/problem+json", *plain]
    parameters = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
    assert parameters == re.findall(r"{(\w+)}", route.path)


@each_route
def test_a_route_names_limits_that_there_are(route: Route) -> None:
    assert route.limit in KINDS | {""}
    assert route.is_limited or route.path in {"/health", "/ready", "/metrics"}


def test_a_parameter_is_none_of_the_words_in_its_place() -> None:
    async def handler(_: object) -> None: ...

    def made(path: str) -> Route:
        return Route("GET", path, handler, "", "", None, None, None, 200)

    routes = [made("/keys/{id}"), made("/keys/scopes"), made("/keys/{id}/restore"), made("/users/{id}")]
    assert [pattern_of(route, routes) for route in routes] == [
        "/keys/{id:(?!(?:scopes)$)[^{}/]+}",
        "/keys/scopes",
        "/keys/{id}/restore",
        "/users/{id}",
    ]
