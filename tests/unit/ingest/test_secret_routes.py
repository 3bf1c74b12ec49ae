"""What a route takes or gives that is a secret is kept for no repeat; a new route cannot forget to say so."""

from __future__ import annotations

import re

import pytest
from pydantic import BaseModel

from ingest.app import ROUTE_LISTS
from ingest.routes import Route

WRITES = [
    route
    for routes in ROUTE_LISTS
    for route in routes.items
    if route.method != "GET" and route.scope is not None  # what is public has no `Idempotency-Key`
]
SECRET_IN_ANSWER = re.compile(r"key|token|.*_(token|key|secret)|(?!server_url).*_url|password|secret")
SECRET_IN_BODY = re.compile(r"token|.*_token|password|current|new|secret")


def fields(model: object) -> list[str]:
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


@pytest.mark.parametrize("route", WRITES, ids=lambda route: f"{route.method} {route.path}")
def test_who_takes_or_gives_a_secret_says_so(route: Route) -> None:
    given = [name for model in (route.answer, *(shape for _, shape in route.also)) for name in fields(model)]
    told = [name for name in given if SECRET_IN_ANSWER.fullmatch(name)]
    told += [name for name in fields(route.body) if SECRET_IN_BODY.fullmatch(name)]
    assert route.secret == bool(told), f"secret fields: {told}"
