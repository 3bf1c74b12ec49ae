"""Requests to Microsoft Graph for one mailbox: sign-in, headers, pages, refusals. It knows no events.

At most three requests run at once: Exchange takes four for an application and a mailbox, and another process may hold
one. Addresses that an answer names (next pages, delta links) are followed only on the host that was asked.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import quote

from tools.calendars.backend import AccessTokens, CalendarUnavailable, NeedsReconnect, SyncTokenLost
from tools.calendars.microsoft.errors import refusal
from tools.calendars.outside.requests import Answer, Requests

GRAPH_URL = "https://graph.microsoft.com/v1.0"
AT_ONCE = 3
# an id that stays when an event moves to another folder; descriptions as plain text
_PREFER = 'IdType="ImmutableId", outlook.body-content-type="text"'


class GraphClient:
    """``requests`` lets ``AT_ONCE`` through at a time."""

    def __init__(self, requests: Requests, tokens: AccessTokens, base_url: str) -> None:
        self._requests = requests
        self._tokens = tokens
        self._base_url = base_url.rstrip("/")

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        etag: str = "",
        prefer: str = "",
    ) -> Answer:
        """The answer whatever its status. ``path`` begins with ``/`` or is a URL that Graph gave. A refused sign-in is
        tried once more with a new token. Raises NeedsReconnect, CalendarUnavailable."""
        url = path if path.startswith(self._base_url + "/") else self._base_url + path
        headers = {"Prefer": f"{_PREFER}, {prefer}" if prefer else _PREFER}
        if etag:
            headers["If-Match"] = etag
        token = await self._tokens.access_token()
        for last in (False, True):
            headers["Authorization"] = f"Bearer {token}"
            answer = await self._requests.send(method, url, headers=headers, params=params, json_body=body)
            if answer.status != 401:
                return answer
            if not last:
                token = await self._tokens.access_token(refused=token)
        raise NeedsReconnect("Outlook no longer accepts the sign-in. Connect the account again.")

    async def get(self, path: str, params: Mapping[str, str] | None = None, *, prefer: str = "") -> dict[str, Any]:
        """An answer's JSON object. Raises what ``errors.refusal`` says."""
        return object_of(await self.ask("GET", path, params=params, prefer=prefer))

    async def pages(
        self, path: str, params: Mapping[str, str] | None = None, *, prefer: str = ""
    ) -> AsyncGenerator[dict[str, Any]]:
        """Every page of a collection, the last one with its delta link if there is one."""
        page = await self.get(path, params, prefer=prefer)
        yield page
        while following := page.get("@odata.nextLink"):
            page = await self.get(self.own(str(following)), prefer=prefer)
            yield page

    async def all(self, path: str, params: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """The items of every page."""
        return [item async for page in self.pages(path, params) for item in page.get("value", [])]

    def own(self, url: str) -> str:
        """``url`` if it leads to Graph itself: the token is for nobody else. Raises CalendarUnavailable."""
        if not url.startswith(self._base_url + "/"):
            raise CalendarUnavailable("The calendar server named an address that is not its own.")
        return url

    def sync_address(self, url: str) -> str:
        """The same for a stored delta link. Raises SyncTokenLost."""
        try:
            return self.own(url)
        except CalendarUnavailable as error:
            raise SyncTokenLost("What was read last is not known; everything is read again.") from error


def object_of(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer that went well. Raises what ``errors.refusal`` says."""
    if answer.status >= 400:
        raise refusal(answer)
    body = answer.json()
    if not isinstance(body, dict):
        raise CalendarUnavailable("Outlook answered something unexpected. Try again later.")
    return body


def calendar_path(calendar_id: str) -> str:
    return f"/me/calendars/{segment(calendar_id)}"


def event_path(calendar_id: str, event_id: str) -> str:
    return f"{calendar_path(calendar_id)}/events/{segment(event_id)}"


def segment(text: str) -> str:
    return quote(text, safe="")
