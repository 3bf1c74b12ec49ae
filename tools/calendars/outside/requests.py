"""One HTTP request to a calendar server, with a time limit, a size limit, and patience for a busy server.

It must not follow redirects (credentials stay with their host) and knows no provider: what a status means to a calendar
is said by the backend. Waits honour Retry-After, else double with jitter; a call in which a person waits passes a short
``patience_s``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from tools.calendars.backend import CalendarUnavailable

TIMEOUT_S = 15.0
MAX_BYTES = 20 * 1024 * 1024
_BUSY = frozenset({429, 500, 502, 503, 504})
_FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 3600  # whatever a server asks for: it is asked again after an hour


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer, read in full. ``headers`` have lower-case names, of several of a name all."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises CalendarUnavailable when it is none."""
        try:
            return json.loads(self.body or b"null")
        except ValueError as error:
            raise CalendarUnavailable("The calendar server answered something that is not JSON.") from error


class Requests:
    """Sends over ``session``. ``patience_s`` bounds all waits of one call together; ``is_busy`` adds a provider's own
    way of saying "later" (Google's 403 with a rate-limit reason)."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        patience_s: float = 30.0,
        timeout_s: float = TIMEOUT_S,
        is_busy: Callable[[Answer], bool] = lambda _: False,
        at_once: int = 8,
    ) -> None:
        self._session = session
        self._patience_s = patience_s
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._is_busy = is_busy
        self._turn = asyncio.Semaphore(at_once)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | list[tuple[str, str]] | None = None,
        json_body: Any = None,
        data: bytes | str | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """The server's answer, whatever its status. ``repeatable``: sending it twice does no harm, so a cut connection
        is tried again; busy answers always are. Raises CalendarUnavailable (with ``retry_after_s`` if it was said)."""
        waited_s, wait_s = 0.0, _FIRST_WAIT_S
        while True:
            answer, problem = None, "does not answer"
            try:
                answer = await self._once(method, url, headers, params, json_body, data)
                if answer.status not in _BUSY and not self._is_busy(answer):
                    return answer
                problem = "is too busy"
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                if not repeatable:
                    raise CalendarUnavailable("The calendar server does not answer.") from error
            asked_s = retry_after_s(answer.headers.get("retry-after", "")) if answer else None
            pause_s = asked_s if asked_s is not None else wait_s * random.uniform(0.5, 1.0)
            if waited_s + pause_s > self._patience_s:
                raise CalendarUnavailable(f"The calendar server {problem}. Try again later.", asked_s)
            await asyncio.sleep(pause_s)
            waited_s, wait_s = waited_s + pause_s, wait_s * 2

    async def _once(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str] | list[tuple[str, str]] | None,
        json_body: Any,
        data: bytes | str | None,
    ) -> Answer:
        async with (
            self._turn,
            self._session.request(
                method,
                url,
                headers=headers,
                params=params,
                json=json_body,
                data=data,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response,
        ):
            body = await _read(response.content)
            headers = {name.lower(): ", ".join(response.headers.getall(name)) for name in response.headers}
            return Answer(response.status, headers, body)


@contextlib.asynccontextmanager
async def open_session() -> AsyncGenerator[aiohttp.ClientSession]:
    """A client session without cookies, for one account."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


def retry_after_s(header: str) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date, RFC 9110), at most an hour; None when it
    says nothing that can be read."""
    number = header.strip()
    if number.isascii() and number.isdigit():
        return float(min(int(number[:12]), LONGEST_WAIT_S))
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    left_s = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
    return min(max(0.0, left_s), LONGEST_WAIT_S)


async def _read(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for piece in content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > MAX_BYTES:
            raise CalendarUnavailable("The calendar server's answer is too large.")
    return bytes(body)
