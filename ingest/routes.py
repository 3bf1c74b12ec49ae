"""The route table: each handler declares its scope, body, query and answer once; checks and the description follow.

To add a route: `@routes.get(path, ...)` over a handler in ``api/``, and its module's ``routes`` in ``app.ROUTE_LISTS``.
A handler returns a pydantic model (becomes JSON), None (204), or a ready response.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.errors import NotSignedIn
from store.errors import Invalid, NotFound
from store.identity import Identity

Answer = BaseModel | web.StreamResponse | None
Handler = Callable[[web.Request], Awaitable[Answer]]
Model = TypeVar("Model", bound=BaseModel)
_UNLIMITED = frozenset({"/health", "/ready", "/metrics"})
_LONGEST_WAIT_S = 120  # as the queries with `wait` allow
IDENTITY: web.RequestKey[Identity | None] = web.RequestKey("identity")


class Body(BaseModel):
    """What a client sends: unknown fields are refused, so that a typing error is heard."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shape(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. ``scope``: what the identity must hold ("" = any identity, None = public).

    ``or_scope`` does as well. ``secret``: the body or the answer must be kept nowhere, not even for a repeat.
    """

    method: str
    path: str
    handler: Handler
    tag: str
    scope: str | None
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | str | None  # a media type when the answer is no JSON
    status: int
    upload: bool = False
    limit: str = ""  # of `limits._SPECIAL`, beside those that every route has
    timeout_s: float | None = None  # to make an answer in, when the setting does not fit; 0: without end
    errors: tuple[int, ...] = ()  # statuses it may answer beside those that follow from the rest
    also: tuple[tuple[int, type[BaseModel] | str], ...] = ()  # other answers than ``answer`` that are no errors
    path_types: tuple[tuple[str, str], ...] = ()  # a path parameter's type when it is no UUID: integer or string
    or_scope: str = ""
    secret: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether requests are counted: what load balancers and Prometheus ask is not."""
        return self.path not in _UNLIMITED

    @property
    def scopes(self) -> tuple[str, ...]:
        """Each of which is enough; empty when any identity or nobody at all may ask."""
        return tuple(scope for scope in (self.scope, self.or_scope) if scope)

    @property
    def is_endless(self) -> bool:
        """Whether nobody knows how long an answer takes: live streams, and uploads, which last as long as they come."""
        return self.upload or self.timeout_s == 0 or self.answer == "text/event-stream"

    def time_to_answer_s(self, default_s: float) -> float | None:
        """Seconds that the handler may take; None without end. Who asks to `wait` waits that much longer."""
        if self.is_endless:
            return None
        waits = self.query is not None and "wait" in self.query.model_fields
        return (self.timeout_s or default_s) + (_LONGEST_WAIT_S if waits else 0)

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip().splitlines()[0]

    @property
    def description(self) -> str:
        return " ".join((self.handler.__doc__ or "").split())


class Routes:
    """The routes of one module, in the order written."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self.items: list[Route] = []

    def add(
        self,
        method: str,
        path: str,
        *,
        scope: str | None = "",
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        answer: type[BaseModel] | str | None = None,
        status: int = 200,
        upload: bool = False,
        limit: str = "",
        timeout_s: float | None = None,
        errors: tuple[int, ...] = (),
        also: dict[int, type[BaseModel] | str] | None = None,
        path_types: dict[str, str] | None = None,
        or_scope: str = "",
        secret: bool = False,
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            others, types = tuple((also or {}).items()), tuple((path_types or {}).items())
            route = Route(
                method,
                path,
                handler,
                self._tag,
                scope,
                body,
                query,
                answer,
                status,
                upload,
                limit,
                timeout_s,
                errors,
                others,
                types,
                or_scope,
                secret,
            )
            self.items.append(route)
            return handler

        return register


def pattern_of(route: Route, routes: Sequence[Route]) -> str:
    """The path as the router wants it: a parameter is none of the words that stand in its place in other paths.

    Otherwise `PATCH /api/keys/scopes` would be about a key of that name, not a method that is not allowed.
    """
    before, opened, name = route.path.rpartition("/{")
    if not opened or not name.endswith("}"):
        return route.path
    words = {other.path.removeprefix(f"{before}/") for other in routes if other.path.startswith(f"{before}/")}
    fixed = "|".join(sorted(word for word in words if word.isidentifier()))
    return f"{before}/{{{name[:-1]}:(?!(?:{fixed})$)[^{{}}/]+}}" if fixed else route.path


def identity_of(request: web.Request) -> Identity:
    """Who asks. Raises NotSignedIn when nobody was authenticated."""
    identity = request.get(IDENTITY)
    if identity is None:
        raise NotSignedIn("Sign in, or send an API key as `Authorization: Bearer`.")
    return identity


async def body_of(request: web.Request, model: type[Model]) -> Model:
    """The JSON body as ``model``; an absent body counts as ``{}``. Raises Invalid (by the border) with the fields.

    Strict: 0 is no boolean and "5" no number, as the description says; instants, days and UUIDs are JSON strings.
    """
    raw = await request.read()
    if b"\\u0000" in raw:
        raise Invalid("Text must not contain NUL characters.", code="nul_character")
    return model.model_validate_json(raw or b"{}", strict=True)


def query_of(request: web.Request, model: type[Model]) -> Model:
    """The query string as ``model``."""
    if any("\0" in value for value in request.query.values()):
        raise Invalid("Text must not contain NUL characters.", code="nul_character")
    return model.model_validate(dict(request.query))


def id_of(request: web.Request, what: str, name: str = "id") -> UUID:
    """The UUID in the path; anything else names nothing, so it is NotFound."""
    try:
        return UUID(request.match_info[name])
    except ValueError as error:
        raise NotFound(f"There is no such {what}.", code=f"{what}_not_found") from error


def respond(answer: Answer, status: int) -> web.StreamResponse:
    """The answer as a response."""
    if answer is None:
        return web.Response(status=204)
    if isinstance(answer, BaseModel):
        return web.Response(text=answer.model_dump_json(), status=status, content_type="application/json")
    return answer


def validation_details(error: ValidationError) -> list[dict[str, Any]]:
    """Which fields are wrong and why, without the values."""
    return [
        {"field": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]}
        for item in error.errors(include_url=False, include_input=False, include_context=False)
    ]
