"""Each field of each body and query in turn with values that a type allows and a program may stumble over.

To add a value: a line in ODD. To add a route: nothing; its right body is in RIGHT_BODIES or `isolation/walk.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ingest.openapi import errors_of
from ingest.routes import Route
from tests.contract.http.house import House
from tests.contract.http.test_schema_fuzz import AS_PERSON, ENDS_SESSIONS, NEEDS_OTHERS, RIGHT_BODIES, ROUTES
from tests.integration.isolation.walk import QUERIES, path_with, table_of

ODD = (  # as JSON
    *(
        '"\\u0000"',
        '"\\ud800"',
        '"\\ufffe\\u202e\\u001b[2J"',
        '"\ufeff"',
        '""',
        '" "',
        '"%00%2e%2e%2f"',
        '"../../etc/passwd"',
    ),
    *("0", "-1", "1.5", "1e400", "9" * 5000, "2147483648", "-9223372036854775809", '"\u0661"', "NaN", "true", "null"),
    *("[]", "{}", "[null]", '["\\ud800"]', '{"\\u0000": 1}', '{"__proto__": {}}', "[" * 5000 + "]" * 5000),
    *(
        '"0001-01-01T00:00:00+14:00"',
        '"9999-12-31T23:59:59-14:00"',
        '"2026-11-25T10:00:00+23:59"',
        '"2026-02-30T00:00Z"',
    ),
    *(
        '"2026-11-25"',
        '"1e9"',
        '"00000000-0000-0000-0000-000000000000"',
        '"../UTC"',
        '"localtime"',
        '"' + "x" * 70_000 + '"',
    ),
    *('"a@b.test\\r\\nBcc: c@d.test"', '"\u00e4@\u00f6.test"', '"bnVsbA=="', '"WzEsMl0="', '"W10"'),
)
TAKING = sorted(name for name, route in ROUTES.items() if route.body or route.query)


@pytest.mark.parametrize("name", TAKING)
def test_no_value_breaks_anything(house: House, connection: requests.Session, name: str) -> None:
    route = ROUTES[name]
    documented = {route.status, 204, *(status for status, _ in route.also), *errors_of(route)}
    bad = []
    headers = house.headers("owner", as_person=route.path.startswith(AS_PERSON)) | {"X-VoiceLoop": "1"}
    for query, body in _asked(route, house):
        if name in ENDS_SESSIONS:
            headers = house.headers("owner", as_person=True)
        path = path_with(route, house.id_of(table_of(route.path))) if "{" in route.path else route.path
        response = connection.request(
            route.method, house.url + path, params=query, data=body, headers=headers, allow_redirects=False
        )
        allowed = documented if name in NEEDS_OTHERS else documented - {503}
        if response.status_code not in allowed:
            bad.append((response.status_code, query, (body or b"")[:200], response.text[:200]))
        if route.method == "DELETE" and response.status_code == 204:
            house.renew()
    assert not bad, bad


def _asked(route: Route, house: House) -> Iterator[tuple[dict[str, str], bytes | None]]:
    name = f"{route.method} {route.path}"
    query = dict(QUERIES.get(name, {}))
    body = RIGHT_BODIES[name](house.estate.ids) if name in RIGHT_BODIES else None
    if route.body:
        for field in _fields(route.body):
            for odd in ODD:
                yield query, _with(body, field, odd)
        for odd in ODD:
            yield query, odd.encode()
    if route.query:
        for field in route.query.model_json_schema()["properties"]:
            if field != "wait":
                for odd in ODD:
                    value = json.loads(odd) if odd.startswith('"') else odd
                    try:
                        value.encode()
                    except UnicodeEncodeError:
                        continue
                    yield {**query, field: value[:5000]}, None if body is None else json.dumps(body).encode()


def _fields(model: Any) -> list[str]:
    return list(model.model_json_schema()["properties"])


def _with(body: dict[str, Any], field: str, odd: str) -> bytes:
    return json.dumps({**body, field: "@odd"}).replace('"@odd"', odd).encode()
