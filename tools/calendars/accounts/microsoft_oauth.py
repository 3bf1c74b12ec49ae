"""Microsoft's consent and tokens, by msal, each call in a thread. No calendars, no rows.

msal keeps an account's tokens in a cache of its own, which is what we seal: one cache an account, never a shared one.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msal
import requests
from msal.exceptions import MsalError

from store.log import get_logger
from tools.calendars.accounts.apps import GRAPH_API, CalendarApps, OAuthApp
from tools.calendars.accounts.model import Begun, ConnectRefused, Credentials, Fresh, Grant
from tools.calendars.accounts.oauth import TIMEOUT_S, Prepare, scopes_missing
from tools.calendars.backend import CalendarUnavailable, NeedsReconnect

log = get_logger(__name__)
_SCOPE: Final = "Calendars.ReadWrite"
_WITHDRAWN: Final = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
_WRONG_CLIENT: Final = frozenset({"invalid_client", "unauthorized_client"})


class MicrosoftGate:
    """One of Microsoft's OAuth clients."""

    def __init__(self, app: OAuthApp, apps: CalendarApps, prepare: Prepare) -> None:
        self._app = app
        self._authority = f"{apps.microsoft_authority.rstrip('/')}/{apps.microsoft_tenant}"
        self._door = _Door(prepare)
        self._scopes = [_SCOPE if apps.graph_api == GRAPH_API else f"{_origin(apps.graph_api)}/{_SCOPE}"]

    async def begin(self, state: str, redirect_uri: str, *, hint: str = "") -> Begun:
        return await asyncio.to_thread(self._begin, state, redirect_uri, hint)

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> Grant:
        return await asyncio.to_thread(self._finish, flow, query)

    async def refresh(self, credentials: Credentials) -> Fresh:
        return await asyncio.to_thread(self._refresh, credentials)

    async def revoke(self, credentials: Credentials) -> None:
        """Nothing: Microsoft ends a consent only by its owner, who does it in their account's settings."""

    def _begin(self, state: str, redirect_uri: str, hint: str) -> Begun:
        client, _ = self._client()
        # msal warns of any other mode; but a form posted from another site comes without the cookie that proves
        # which browser began, so the address is asked for after all
        flow = client.initiate_auth_code_flow(
            self._scopes, redirect_uri=redirect_uri, state=state, login_hint=hint or None, response_mode="form_post"
        )
        return Begun(_with_answer_in_query(str(flow["auth_uri"])), flow)

    def _finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> Grant:
        if query.get("error") in {"access_denied", "consent_required"}:
            raise ConnectRefused("You did not allow it, so nothing was connected.", code="denied")
        client, cache = self._client()
        result = self._ask(lambda: client.acquire_token_by_auth_code_flow(dict(flow), dict(query)))
        if result.get("error") in _WRONG_CLIENT:
            raise _wrong_client()
        if "access_token" not in result:
            log.warning("microsoft refused a code", error=result.get("error"))
            raise ConnectRefused("Microsoft did not accept its own answer any more. Try again.")
        granted = tuple(str(result.get("scope") or "").split())
        if scopes_missing(tuple(self._scopes), granted):
            raise ConnectRefused("Not everything was allowed; the calendar needs it all.", code="scope_missing")
        claims: Mapping[str, Any] = result.get("id_token_claims") or {}
        address = str(claims.get("preferred_username") or claims.get("email") or claims.get("oid") or "")
        return Grant(_fresh(cache, result), granted, address)

    def _refresh(self, credentials: Credentials) -> Fresh:
        client, cache = self._client(str(credentials["cache"]))
        accounts = client.get_accounts()
        if not accounts:
            raise _withdrawn()
        result = self._ask(
            lambda: client.acquire_token_silent_with_error(self._scopes, accounts[0], force_refresh=True)
        )
        if result is None or result.get("error") in _WITHDRAWN:
            raise _withdrawn()
        if result.get("error") in _WRONG_CLIENT:
            raise _wrong_client()
        if "access_token" not in result:
            raise _away()
        return _fresh(cache, result)

    def _client(self, kept: str = "") -> tuple[msal.ConfidentialClientApplication, msal.SerializableTokenCache]:
        cache = msal.SerializableTokenCache()
        if kept:
            cache.deserialize(kept)
        client = self._ask(
            lambda: msal.ConfidentialClientApplication(
                self._app.client_id,
                client_credential=self._app.client_secret,
                authority=self._authority,
                instance_discovery=False,  # the operator named the authority
                token_cache=cache,
                http_client=self._door,
            )
        )
        return client, cache

    def _ask(self, question: Any) -> Any:
        """What msal answers; it raises all of these for an authority that is away or answers nonsense."""
        try:
            return question()
        except (requests.RequestException, MsalError, RuntimeError, ValueError, KeyError) as error:
            log.warning("microsoft cannot be asked", error=type(error).__name__)
            raise _away() from error


class _Door:
    """What msal sends with: a session a request, a time limit, and the authority's description kept for good."""

    def __init__(self, prepare: Prepare) -> None:
        self._prepare = prepare
        self._descriptions: dict[str, requests.Response] = {}
        self._lock = threading.Lock()

    def get(self, url: str, **options: Any) -> requests.Response:
        with self._lock:
            known = self._descriptions.get(url)
        if known is not None:
            return known
        answer = self._send("GET", url, options)
        if answer.ok and url.endswith("/.well-known/openid-configuration"):
            with self._lock:
                self._descriptions[url] = answer
        return answer

    def post(self, url: str, **options: Any) -> requests.Response:
        return self._send("POST", url, options)

    def close(self) -> None:
        """Sessions are closed after each request."""

    def _send(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        with requests.Session() as session:
            self._prepare(session)
            limited: dict[str, Any] = {**options, "timeout": TIMEOUT_S}
            return session.request(method, url, **limited)


def _fresh(cache: msal.SerializableTokenCache, result: Mapping[str, Any]) -> Fresh:
    return Fresh({"cache": cache.serialize()}, str(result["access_token"]), float(result.get("expires_in") or 3600))


def _with_answer_in_query(url: str) -> str:
    parts = urlsplit(url)
    query = [(name, "query" if name == "response_mode" else value) for name, value in parse_qsl(parts.query)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _withdrawn() -> NeedsReconnect:
    return NeedsReconnect("Microsoft no longer accepts this connection. Connect the account again.")


def _away() -> CalendarUnavailable:
    return CalendarUnavailable("Microsoft does not answer now. Try again later.")


def _wrong_client() -> CalendarUnavailable:
    log.error("microsoft does not know this installation", hint="check MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET")
    return CalendarUnavailable(
        "Microsoft does not know this installation. Its operator has to check MICROSOFT_CLIENT_ID."
    )
