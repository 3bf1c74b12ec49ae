"""Every operation of the description, asked what it says it takes and what it does not, by everybody who may come.

Each answer must be one that is described. What is generated is the same in every run; by hand, longer and by chance:
`VOICELOOP_FUZZ_EXAMPLES=300 VOICELOOP_FUZZ_SEED=7 pytest -n 0 tests/contract/http/test_schema_fuzz.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from uuid import UUID

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks

from ingest.app import ROUTE_LISTS
from ingest.auth import CSRF_HEADER
from ingest.keys import SETTINGS
from ingest.openapi import describe
from tests.contract.http.house import ASKERS, HOSTILE, House
from tests.integration.ingest.people import PASSWORD
from tests.integration.isolation.walk import BODIES, OTHER_PARAMETERS, QUERIES, Ids, name_of, table_of

Case = schemathesis.Case
ROUTES = {name_of(route): route for routes in ROUTE_LISTS for route in routes.items}
STREAMS = {name for name, route in ROUTES.items() if route.answer == "text/event-stream"}
TALKS = [(name, asker) for name in sorted(ROUTES.keys() - STREAMS) for asker in ASKERS]  # a stream has no end
AS_PERSON = ("/api/me", "/api/auth/")  # a key does not speak for its user there
ENDS_SESSIONS = {"POST /api/auth/logout", "POST /api/auth/logout-everywhere", "DELETE /api/auth/sessions/{id}"}
NOT_SIGNED_IN = {"nobody", "garbage", "over"}
NEEDS_OTHERS = {"GET /ready", "GET /health/openai", "POST /api/token"}  # a media server, a provider: neither is there
SIGN_IN = {"email": "viewer@demo.test", "password": PASSWORD}
RIGHT_BODIES: dict[str, Callable[[Ids], Any]] = BODIES | {
    "PATCH /api/keys/{id}": lambda ids: {"name": "front desk", "scopes": ["calls"]},
    "POST /api/auth/login": lambda ids: SIGN_IN,
    "POST /api/auth/session": lambda ids: SIGN_IN,
}
SEED = os.environ.get("VOICELOOP_FUZZ_SEED")
EXAMPLES = {
    asker: int(os.environ.get("VOICELOOP_FUZZ_EXAMPLES", number))
    for asker, number in {"owner": 8, "viewer": 3, "hostile": 6, "nobody": 3}.items()
}

load_all_checks()
# Not here: `positive_data_acceptance` (a schema cannot say which zones, slugs and ids there are), `ignored_auth` and
# `missing_required_header` (nobody and strangers come themselves), `use_after_free`, `ensure_resource_availability`
# and `object_level_authorization` (they want links between operations; integration/isolation walks them all).
CHECKS = [
    checks.negative_data_rejection,  # first: an upload goes without, as everything in a form is text
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.allow_header_conformance,
]


@cache
def _schema() -> Any:
    loaded = schemathesis.openapi.from_dict(describe(list(ROUTES.values()), version="1"))
    loaded.config.generation.update(with_security_parameters=False)  # who asks is said by each test
    rejection = loaded.config.checks.negative_data_rejection
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]  # too large is refused as well
    return loaded


def operation_of(name: str) -> Any:
    return _schema().find_operation_by_label(name)


class Conversation:
    """The cases of one operation by one asker, one after another."""

    def __init__(self, house: House, connection: requests.Session, name: str, asker: str) -> None:
        self.house, self.connection, self.asker, self.name = house, connection, asker, name
        self.route = ROUTES[name]
        self.count = 0
        self._headers = {one: self._new(one) for one in (HOSTILE if asker == "hostile" else (asker,))}

    def ask(self, case: Case) -> Any:
        """Send it, mostly with an id that there is; returns the response. Raises what schemathesis finds."""
        self.count += 1
        asker = HOSTILE[self.count % len(HOSTILE)] if self.asker == "hostile" else self.asker
        if self.name in ENDS_SESSIONS and self.asker == "owner":
            self._headers[asker] = self._new(asker)
        self._make_possible(case)
        response = case.call(
            base_url=self.house.url,
            session=self.connection,
            headers={CSRF_HEADER: "1", "Origin": self.house.url, **self._headers[asker]},
            allow_redirects=False,
        )
        assert response.status_code < 500 or (response.status_code == 503 and self.name in NEEDS_OTHERS), response.text
        if self.route.scope is not None and asker in NOT_SIGNED_IN:
            assert response.status_code in {401, 404, 405, 429}, response.text  # 404: an id may be no address
        case.validate_response(response, checks=CHECKS[1:] if self.route.upload else CHECKS)
        if case.method == "DELETE" and response.status_code == 204 and "{id}" in self.route.path:
            self.house.renew()
        return response

    def right_case(self) -> Case:
        """What a person would ask who has read the description; a form, which has a file, is left empty."""
        parts: dict[str, Any] = {"query": dict(QUERIES.get(self.name, {}))}
        if "{" in self.route.path:
            parts["path_parameters"] = {"id": self.house.id_of(table_of(self.route.path)), **OTHER_PARAMETERS}
        if self.name in RIGHT_BODIES:
            parts |= {"body": RIGHT_BODIES[self.name](self.house.estate.ids), "media_type": "application/json"}
        return operation_of(self.name).Case(**parts)

    def boundary_cases(self) -> Iterator[Case]:
        """The right one, then what stands on both sides of each boundary that the description draws."""
        yield self.right_case()
        operation = operation_of(self.name)
        yield from operation.schema.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=operation.schema.config.generation
        )

    def _new(self, asker: str) -> dict[str, str]:
        return self.house.headers(asker, as_person=self.route.path.startswith(AS_PERSON))

    def _make_possible(self, case: Case) -> None:
        if self.count % 4 and _is_uuid(case.path_parameters.get("id")):
            case.path_parameters["id"] = self.house.id_of(table_of(self.route.path))
        if "wait" in (case.query or {}):  # nobody works on the queue here
            try:
                waits = 0 < float(case.query["wait"]) <= 120
            except (TypeError, ValueError):
                waits = False
            if waits:
                case.query["wait"] = 0


def _is_uuid(value: object) -> bool:
    try:
        return str(UUID(str(value))) == value
    except ValueError:
        return False


def _fuzz(conversation: Conversation, examples: int) -> None:
    """Ask with ``examples`` generated cases, half of which the description does not allow."""
    operation = operation_of(conversation.name)

    @hypothesis_settings(
        max_examples=examples,
        derandomize=SEED is None,
        database=None,
        deadline=None,
        phases=(Phase.generate,) if SEED is None else (Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    def each(case: Case) -> None:
        conversation.ask(case)

    (each if SEED is None else seed(int(SEED))(each))()


@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # the sidecar's thread does, not the strategies
@pytest.mark.parametrize(("name", "asker"), TALKS)
def test_every_answer_is_one_that_is_described(
    house: House, connection: requests.Session, name: str, asker: str
) -> None:
    conversation = Conversation(house, connection, name, asker)
    if asker == "owner":
        for case in conversation.boundary_cases():
            conversation.ask(case)
    _fuzz(conversation, EXAMPLES[asker])


def test_who_asks_too_often_is_told_so_as_described(
    house: House, connection: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(house.sidecar.app[SETTINGS]), "limit_address", "1/600")
    connection.get(house.url + "/api/auth/methods")
    for name, route in ROUTES.items():
        if route.is_limited:
            conversation = Conversation(house, connection, name, "nobody")
            response = conversation.ask(conversation.right_case())
            assert (response.status_code, "retry-after" in response.headers) == (429, True), name


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_a_stream_begins_as_described(house: House, connection: requests.Session, name: str) -> None:
    for asker in ("owner", "viewer", *HOSTILE, "nobody"):
        headers = house.headers(asker)
        with connection.get(house.url + ROUTES[name].path, headers=headers, stream=True, timeout=10) as response:
            assert response.status_code == (401 if asker in NOT_SIGNED_IN else 200)
            described = operation_of(name).definition.raw["responses"][str(response.status_code)]["content"]
            assert response.headers["Content-Type"].partition(";")[0] in described
