"""What `voiceloop doctor` says of calendars and tools of others: what can be connected, and what is to be set for it.

Nothing here is essential, but half a client is: it stops the start. Never shows a secret, asks no provider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from tools.calendars.accounts.apps import VARIABLES, problem_of_allowed, problem_of_pairs
from tools.calendars.accounts.model import NAMES, Provider

State = tuple[str, str, str]
CALLBACK: Final = "/api/calendar/accounts/callback"
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OAUTH: Final[tuple[Provider, ...]] = ("google", "microsoft")


def findings(environment: Mapping[str, str]) -> Iterator[State]:
    """(what, "ok", "note" or "missing", detail), one a line."""
    for provider in _OAUTH:
        yield _provider(provider, environment)
    yield _servers("CalDAV calendars", "VOICELOOP_CALDAV_ALLOW", environment)
    yield _servers("MCP servers", "VOICELOOP_MCP_ALLOW", environment)


def _servers(what: str, name: str, environment: Mapping[str, str]) -> State:
    allowed = environment.get(name, "")
    if problem := problem_of_allowed([part.strip() for part in allowed.split(",") if part.strip()]):
        return what, "missing", f"{name} {problem}"
    return what, "ok", f"public servers{f', and {allowed}' if allowed else ''}"


def _provider(provider: Provider, environment: Mapping[str, str]) -> State:
    what, names = f"{NAMES[provider]} calendars", VARIABLES[provider]
    if problem := problem_of_pairs({name: environment.get(name, "") for name in names}):
        return what, "missing", problem
    if not environment.get(names[0]):
        return what, "ok", f"cannot be connected; set {' and '.join(names)} for that"
    back = _public_url(environment) + CALLBACK
    parts = urlsplit(back)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        return what, "note", f"{NAMES[provider]} sends nobody back to {back}; set VOICELOOP_PUBLIC_URL to https://…"
    return what, "ok", f"can be connected; the client needs the redirect address {back}"


def _public_url(environment: Mapping[str, str]) -> str:
    port = environment.get("VOICELOOP_PORT") or "8080"
    return (environment.get("VOICELOOP_PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/")
