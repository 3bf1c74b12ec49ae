"""Requests to one account's server: signed in, only to its own host, and what each status means to a calendar.

Errors tell no addresses, names or passwords. Redirects are followed while the server is being found (``follow``), each
checked anew; nobody but the server that was typed in sees the password.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from tools.calendars.backend import (
    AccessTokens,
    CalendarForbidden,
    CalendarUnavailable,
    NeedsReconnect,
)
from tools.calendars.caldav.addresses import AddressRefused, Guard, may_have_credentials
from tools.calendars.caldav.dav import D, conditions
from tools.calendars.caldav.digest import Challenge, challenge_in
from tools.calendars.outside.requests import Answer, Requests

_REDIRECTS = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS = 3
_RIGHTS = frozenset({f"{D}need-privileges"})


@dataclass(frozen=True, slots=True)
class Password:
    """What a person signs in with; for iCloud and others a password made for this program."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer and the URL that gave it."""

    url: URL
    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def body(self) -> bytes:
        return self.answer.body

    @property
    def etag(self) -> str:
        return self.answer.headers.get("etag", "")


class Wire:
    """``server`` is what the person typed in; other hosts get no credentials, and so are not asked."""

    def __init__(self, server: URL, login: Password | AccessTokens, guard: Guard, *, patience_s: float) -> None:
        self.server = server
        self._login = login
        self._guard = guard
        self._patience_s = patience_s
        self._session: aiohttp.ClientSession | None = None
        self._requests: Requests | None = None
        self._challenge: Challenge | None = None  # of a server that wants Digest; used `_asked` times
        self._asked = 0

    async def send(
        self,
        method: str,
        url: URL,
        body: bytes | str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        follow: bool = False,
    ) -> Said:
        """The answer, whatever its status but 401 and 403. Raises AddressRefused, NeedsReconnect, CalendarForbidden,
        CalendarUnavailable."""
        for _ in range(_MOST_REDIRECTS + 1):
            self.check(url)
            answer = await self._signed_in(method, url, body, headers or {})
            if answer.status not in _REDIRECTS:
                return Said(url, _welcome(answer))
            if not follow:
                raise CalendarUnavailable("The calendar has moved on its server. Connect it again.")
            try:
                url = url.join(URL(answer.headers.get("location", "")))
            except ValueError as error:
                raise CalendarUnavailable("The calendar server sends us nowhere.") from error
        raise CalendarUnavailable("The calendar server sends us from address to address.")

    def check(self, url: URL) -> None:
        """Raises AddressRefused for a URL that may not be asked with this account's credentials."""
        self._guard.checked(url)
        if not may_have_credentials(self.server, url):
            raise AddressRefused("The calendars are on another server than this one. Connect that one instead.")

    async def _signed_in(self, method: str, url: URL, body: bytes | str | None, headers: Mapping[str, str]) -> Answer:
        """Sent once more after a 401: a token may have ended, some servers refuse now and then, some want a digest."""
        token = await self._authorization(method, url)
        answer = await self._sent(method, url, body, {**headers, "Authorization": token})
        if answer.status != 401:
            return answer
        self._challenge, self._asked = challenge_in(answer.headers.get("www-authenticate", "")), 0
        token = await self._authorization(method, url, refused=token.partition(" ")[2])
        answer = await self._sent(method, url, body, {**headers, "Authorization": token})
        if answer.status == 401:
            raise NeedsReconnect("The calendar server no longer accepts the password. Connect the account again.")
        return answer

    async def _sent(self, method: str, url: URL, body: bytes | str | None, headers: Mapping[str, str]) -> Answer:
        if self._requests is None:
            self._session = aiohttp.ClientSession(
                connector=self._guard.connector(), cookie_jar=aiohttp.DummyCookieJar(), requote_redirect_url=False
            )
            self._requests = Requests(self._session, patience_s=self._patience_s)
        data = body.encode() if isinstance(body, str) else body
        return await self._requests.send(method, str(url), headers=headers, data=data)

    async def _authorization(self, method: str, url: URL, *, refused: str = "") -> str:
        if not isinstance(self._login, Password):
            return f"Bearer {await self._login.access_token(refused=refused)}"
        user, password = self._login.user, self._login.password
        if self._challenge is None:
            return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
        self._asked += 1
        return self._challenge.answer(
            user, password, method, url.raw_path_qs, count=self._asked, cnonce=secrets.token_hex(8)
        )

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
        self._session = self._requests = None


def _welcome(answer: Answer) -> Answer:
    if answer.status == 403 and not {one for one in conditions(answer.body) if one not in _RIGHTS}:
        raise CalendarForbidden("The calendar server does not allow that.")
    return answer
