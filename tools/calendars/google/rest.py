"""Asking Google Calendar: the address, the bearer token, one refreshed token after a 401, pages. Knows no event.

Every answer that is no success becomes an error (``errors.py``), unless the caller names its status.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping
from typing import Any
from urllib.parse import quote

import aiohttp

from tools.calendars.backend import AccessTokens, CalendarUnavailable
from tools.calendars.google.errors import error_of, is_busy, is_refused_token
from tools.calendars.outside.requests import Answer, Requests

Json = dict[str, Any]
_MOST_PAGES = 1000


class Rest:
    """Requests of one account below ``base_url``. Path pieces are quoted here: a calendar's id may hold # and @."""

    def __init__(
        self, session: aiohttp.ClientSession, tokens: AccessTokens, *, base_url: str, patience_s: float, page_size: int
    ) -> None:
        self._requests = Requests(session, patience_s=patience_s, is_busy=is_busy)
        self._tokens = tokens
        self._base_url = base_url.rstrip("/")
        self._page_size = page_size

    async def ask(
        self,
        method: str,
        *path: str,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        etag: str = "",
        accept: Collection[int] = (),
    ) -> Answer:
        """A success, or an answer whose status is in ``accept``. ``etag`` goes into If-Match."""
        url = "/".join([self._base_url, *(quote(piece, safe="") for piece in path)])
        headers = {"If-Match": etag} if etag else {}

        async def send(token: str) -> Answer:
            bearer = {**headers, "Authorization": f"Bearer {token}"}
            return await self._requests.send(method, url, headers=bearer, params=params, json_body=body)

        if not all(piece.strip(".") for piece in path):  # no id, and it would lead to another address
            answer = Answer(404, {}, b"")
        else:
            token = await self._tokens.access_token()
            if is_refused_token(answer := await send(token)):
                answer = await send(await self._tokens.access_token(refused=token))
        if answer.status in accept or 200 <= answer.status < 300:
            return answer
        raise error_of(answer, of_event=len(path) > 3)

    async def json(
        self,
        method: str,
        *path: str,
        params: Mapping[str, str] | None = None,
        body: Json | None = None,
        etag: str = "",
    ) -> Json:
        """The object that a successful answer holds."""
        return object_of(await self.ask(method, *path, params=params, body=body, etag=etag))

    async def pages(self, *path: str, params: Mapping[str, str], accept: Collection[int] = ()) -> AsyncGenerator[Json]:
        """Every page of a list; an answer in ``accept`` ends it as ``{"status": …}``."""
        asked = {**params, "maxResults": str(self._page_size)}
        for _ in range(_MOST_PAGES):
            answer = await self.ask("GET", *path, params=asked, accept=accept)
            if answer.status in accept:
                yield {"status": answer.status}
                return
            page = object_of(answer)
            yield page
            following = page.get("nextPageToken")
            if not following:
                return
            asked = {**asked, "pageToken": str(following)}
        raise CalendarUnavailable("Google Calendar's answer has no end.")

    async def items(self, *path: str, params: Mapping[str, str]) -> list[Json]:
        """What all pages of a list hold."""
        return [item async for page in self.pages(*path, params=params) for item in items_of(page)]


def object_of(answer: Answer) -> Json:
    """The answer's JSON object. Raises CalendarUnavailable when it is something else."""
    found = answer.json()
    if not isinstance(found, dict):
        raise CalendarUnavailable("Google Calendar answered something unexpected. Try again later.")
    return found


def items_of(page: Json) -> list[Json]:
    return [item for item in page.get("items", []) if isinstance(item, dict)]
