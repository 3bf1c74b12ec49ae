"""Google's consent and tokens, by google-auth-oauthlib, each call in a thread. No calendars, no rows.

The client's own scope check is read, not obeyed: it raises for a person who unticked a box, and so do we, in words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import requests
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials as GoogleCredentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, OAuth2Error

from store.log import get_logger
from tools.calendars.accounts.apps import OAuthApp
from tools.calendars.accounts.model import Begun, ConnectRefused, Credentials, Fresh, Grant
from tools.calendars.accounts.oauth import TIMEOUT_S, Prepare, scopes_missing
from tools.calendars.backend import CalendarUnavailable, NeedsReconnect

log = get_logger(__name__)
AUTHORIZE: Final = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN: Final = "https://oauth2.googleapis.com/token"
REVOKE: Final = "https://oauth2.googleapis.com/revoke"
_ROOT: Final = "https://www.googleapis.com/auth/calendar."
SCOPES: Final = (f"{_ROOT}calendarlist.readonly", f"{_ROOT}events", f"{_ROOT}freebusy")
_WITHDRAWN: Final = frozenset({"invalid_grant"})


class GoogleGate:
    """One of Google's OAuth clients."""

    def __init__(self, app: OAuthApp, prepare: Prepare) -> None:
        self._app, self._prepare = app, prepare

    async def begin(self, state: str, redirect_uri: str, *, hint: str = "") -> Begun:
        flow = self._flow(redirect_uri)
        # without "consent" Google gives a refresh token only the first time
        url, _ = flow.authorization_url(
            state=state, access_type="offline", prompt="consent", **({"login_hint": hint} if hint else {})
        )
        return Begun(str(url), {"code_verifier": flow.code_verifier, "redirect_uri": redirect_uri})

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> Grant:
        if query.get("error") == "access_denied":
            raise ConnectRefused("You did not allow it, so nothing was connected.", code="denied")
        if not query.get("code"):
            raise ConnectRefused("Google sent no answer that could be used. Try again.")
        return await asyncio.to_thread(self._finish, flow, query["code"])

    async def refresh(self, credentials: Credentials) -> Fresh:
        return await asyncio.to_thread(self._refresh, credentials)

    async def revoke(self, credentials: Credentials) -> None:
        await asyncio.to_thread(self._revoke, str(credentials["refresh_token"]))

    def _finish(self, kept: Mapping[str, Any], code: str) -> Grant:
        flow = self._flow(kept["redirect_uri"], kept["code_verifier"])
        with flow.oauth2session as session:
            try:
                flow.fetch_token(code=code, timeout=TIMEOUT_S)
            except Warning as changed:  # other scopes than those asked for; the token comes with it
                session.token = getattr(changed, "token", {})
            except InvalidClientError as error:
                raise _wrong_client() from error
            except OAuth2Error as error:
                log.warning("google refused a code", error=error.error)
                raise ConnectRefused("Google did not accept its own answer any more. Try again.") from error
            except requests.RequestException as error:
                raise _away() from error
            token: Mapping[str, Any] = session.token
        granted = _words(token.get("scope") or SCOPES)  # left out: as asked for (RFC 6749, 5.1)
        if scopes_missing(SCOPES, granted):  # not given back: that would end the person's older connections too
            raise ConnectRefused("Not all boxes were ticked; the calendar needs every one.", code="scope_missing")
        if not token.get("refresh_token"):
            raise ConnectRefused("Google gave no lasting permission. Try again.")
        kept_now = {"refresh_token": token["refresh_token"]}
        return Grant(Fresh(kept_now, str(token["access_token"]), float(token.get("expires_in") or 3600)), granted)

    def _refresh(self, credentials: Credentials) -> Fresh:
        google = GoogleCredentials(
            None,
            refresh_token=credentials["refresh_token"],
            token_uri=TOKEN,
            client_id=self._app.client_id,
            client_secret=self._app.client_secret,
        )
        with self._session() as session:
            try:
                google.refresh(partial(Request(session), timeout=int(TIMEOUT_S)))
            except RefreshError as error:
                raise _refusal(error) from error
            except (GoogleAuthError, TypeError, ValueError) as error:  # the last two: an answer that is no JSON object
                raise _away() from error
        ends: datetime = google.expiry or datetime.now(UTC).replace(tzinfo=None)  # naive UTC, by the machine's clock
        left_s = (ends.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds()
        return Fresh({"refresh_token": google.refresh_token}, str(google.token), left_s)

    def _revoke(self, token: str) -> None:
        with self._session() as session:
            try:
                answer = session.post(REVOKE, data={"token": token}, timeout=TIMEOUT_S)
            except requests.RequestException as error:
                raise _away() from error
        if answer.status_code >= 500:
            raise _away()

    def _session(self) -> requests.Session:
        session = requests.Session()
        self._prepare(session)
        return session

    def _flow(self, redirect_uri: str, code_verifier: str | None = None) -> Flow:
        client = {
            "client_id": self._app.client_id,
            "client_secret": self._app.client_secret,
            "auth_uri": AUTHORIZE,
            "token_uri": TOKEN,
        }
        flow = Flow.from_client_config(
            {"web": client}, list(SCOPES), redirect_uri=redirect_uri, code_verifier=code_verifier
        )
        self._prepare(flow.oauth2session)
        return flow


def _refusal(error: RefreshError) -> Exception:
    """Why there is no new token; the answer is the error's second argument."""
    told: Any = error.args[1] if len(error.args) > 1 else {}
    reason = told.get("error", "") if isinstance(told, Mapping) else ""
    if reason in _WITHDRAWN:
        return NeedsReconnect("Google no longer accepts this connection. Connect the account again.")
    return _wrong_client() if reason in {"invalid_client", "unauthorized_client", "deleted_client"} else _away()


def _words(scopes: Any) -> tuple[str, ...]:
    return tuple(scopes.split() if isinstance(scopes, str) else map(str, scopes))


def _away() -> CalendarUnavailable:
    return CalendarUnavailable("Google does not answer now. Try again later.")


def _wrong_client() -> CalendarUnavailable:
    log.error("google does not know this installation", hint="check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET")
    return CalendarUnavailable("Google does not know this installation. Its operator has to check GOOGLE_CLIENT_ID.")
