"""Google Calendar's contender: the real backend, and a stand-in that keeps to Google's own description of its API."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.contract.calendars.contender import Contender
from tests.fakes.google_calendar import FakeGoogleCalendar, Fault
from tests.fakes.google_calendar.server import OWNER, WRITES
from tools.calendars.backend import Status
from tools.calendars.google import GoogleCalendar
from tools.calendars.outside.requests import open_session

SECOND, READ_ONLY = "team#1@group.calendar.google.com", "holidays#de@group.v.calendar.google.com"
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


@asynccontextmanager
async def google_contender() -> AsyncGenerator[Contender]:
    fake, tokens = FakeGoogleCalendar(), Tokens()
    fake.add_calendar(SECOND, "Team")
    fake.add_calendar(READ_ONLY, "Holidays", access="reader")
    async with fake.running(), open_session() as session:
        yield _contender(fake, tokens, GoogleCalendar(session, tokens, base_url=fake.url))
        assert fake.violations == []


def _contender(fake: FakeGoogleCalendar, tokens: Tokens, backend: GoogleCalendar) -> Contender:
    own = fake.calendars[OWNER]

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
        fake.refused_tokens.add(tokens.current)

    async def revoke() -> None:
        fake.revoked = True

    async def cut() -> None:
        fake.cut = True

    async def mend() -> None:
        fake.cut = False

    return Contender(
        name="google",
        backend=backend,
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
