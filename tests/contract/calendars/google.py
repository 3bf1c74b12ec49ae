"""Google Calendar's contender: the real backend, and a stand-in that keeps to Google's own description of its API."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.contract.calendars.contender import Contender, at, timed
from tests.fakes.google_calendar import FakeGoogleCalendar, Fault
from tests.fakes.google_calendar.model import Calendar
from tests.fakes.google_calendar.server import OWNER, WRITES
from tools.calendars.backend import RemoteEvent, Status
from tools.calendars.google import GoogleCalendar
from tools.calendars.outside.requests import open_session

SECOND, READ_ONLY = "team#1@group.calendar.google.com", "holidays#de@group.v.calendar.google.com"
MONDAY = at(2027, 1, 11, 9)
_STATUS = {"accepted": "accepted", "tentative": "tentative", "declined": "declined", "needs-action": "needsAction"}


class Tokens:
    """Bearer tokens of one account; a refused one is replaced by the next."""

    def __init__(self) -> None:
        self.current = "token-1"
        self.refused: list[str] = []

    async def access_token(self, *, refused: str = "") -> str:
        if refused:
            self.refused.append(refused)
            self.current = f"token-{len(self.refused) + 1}"
        return self.current


@dataclass
class Google:
    """One account: the backend, and the server's side of it."""

    fake: FakeGoogleCalendar
    tokens: Tokens
    backend: GoogleCalendar

    @property
    def own(self) -> Calendar:
        return self.fake.calendars[OWNER]

    async def create(self, key: str = "one", **others: object) -> RemoteEvent:
        return await self.backend.create(OWNER, timed(MONDAY, **others), key=key)

    async def year(self) -> list[RemoteEvent]:
        return await self.backend.occurrences(OWNER, at(2027, 1, 1), at(2028, 1, 1))

    def sent(self, method: str) -> list[Any]:
        """Bodies of the requests of a method."""
        return [body for name, _, body, _ in self.fake.asked if name == f"calendar.{method}"]

    def there(self, **fields: Any) -> str:
        """An event that came from elsewhere; its id."""
        when = {"timeZone": "Europe/Berlin"}
        start, end = ({"dateTime": f"2027-01-11T{hour}:00:00+01:00", **when} for hour in ("09", "10"))
        return self.own.insert({"summary": "Theirs", "start": start, "end": end, **fields})["id"]


@asynccontextmanager
async def google_account() -> AsyncGenerator[Google]:
    """An account with three calendars; fails when one of its requests or answers was not as Google describes it."""
    fake, tokens = FakeGoogleCalendar(), Tokens()
    fake.add_calendar(SECOND, "Team")
    fake.add_calendar(READ_ONLY, "Holidays", access="reader")
    async with fake.running(), open_session() as session:
        yield Google(fake, tokens, GoogleCalendar(session, tokens, base_url=fake.url))
        assert fake.violations == []


@asynccontextmanager
async def google_contender() -> AsyncGenerator[Contender]:
    async with google_account() as account:
        yield _contender(account)


def _contender(account: Google) -> Contender:
    fake, own = account.fake, account.own

    async def change(event_id: str, summary: str) -> None:
        own.patch(event_id, {"summary": summary})

    async def delete(event_id: str) -> None:
        own.delete(event_id)

    async def answer(event_id: str, email: str, status: Status) -> None:
        people = own.items[event_id]["attendees"]
        changed = [{**one, "responseStatus": _STATUS[status]} if one["email"] == email else one for one in people]
        own.patch(event_id, {"attendees": changed})

    async def decline(event_id: str) -> None:
        people = own.items[event_id].get("attendees", [])
        own.patch(event_id, {"attendees": [*people, {"email": OWNER, "responseStatus": "declined"}]})

    async def fault(kind: str | int, *only: str, retry_after: str = "") -> None:
        fake.faults.append(Fault(kind, only, retry_after))

    async def forget() -> None:
        fake.lists.forget_tokens()

    async def refuse() -> None:
        fake.refused_tokens.add(account.tokens.current)

    async def revoke() -> None:
        fake.revoked = True

    async def cut() -> None:
        fake.cut = True

    async def mend() -> None:
        fake.cut = False

    return Contender(
        name="google",
        backend=account.backend,
        calendar_id=OWNER,
        second_calendar_id=SECOND,
        read_only_calendar_id=READ_ONLY,
        page_size=fake.lists.page_size,
        change_elsewhere=change,
        delete_elsewhere=delete,
        answer_elsewhere=answer,
        decline=decline,
        lose_next_answer=lambda: fault("cut after", *WRITES),
        refuse_next_create=lambda: fault(400, "calendar.events.insert"),
        lose_sync_tokens=forget,
        refuse_token_once=refuse,
        busy_for=lambda seconds: fault(429, retry_after=str(seconds)),
        revoke=revoke,
        cut=cut,
        mend=mend,
    )
