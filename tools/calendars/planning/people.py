"""Who is meant by a name, and whose calendar is whose: users of the tenant by name or e-mail. SQL in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from store.database import Connection
from store.errors import Conflict
from tools.calendars.model import Event

_USERS = (
    "SELECT id, name, email FROM users WHERE deleted_at IS NULL AND (lower(email) = ANY (%(words)s) "
    "OR lower(name) = ANY (%(words)s) OR split_part(lower(name), ' ', 1) = ANY (%(words)s) OR id = %(me)s) "
    "ORDER BY name, email"
)
_ADDRESSES = (
    "SELECT lower(email) AS address FROM users WHERE deleted_at IS NULL AND lower(email) = ANY (%(wanted)s) "
    "UNION SELECT lower(address) FROM calendar_accounts WHERE lower(address) = ANY (%(wanted)s)"
)
_HELD = (
    "SELECT id, calendar_id, starts_at, ends_at FROM calendar_holds WHERE expires_at > %s AND ends_at > %s "
    "AND starts_at < %s AND conversation_id IS DISTINCT FROM %s ORDER BY starts_at"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the tenant."""

    id: UUID
    name: str
    email: str

    def is_called(self, word: str) -> bool:
        """By the whole name or the e-mail address, whatever the case."""
        return word.casefold() in {self.name.casefold(), self.email.casefold()}

    def attends(self, attendees: Iterable[str]) -> bool:
        return any(self.is_called(one) for one in attendees)


@dataclass(frozen=True, slots=True)
class OwnedCalendar:
    """``user_id`` None: the tenant's. Without ``counts_busy`` its events take nobody's time."""

    id: UUID
    user_id: UUID | None
    counts_busy: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """``you``: the acting person, if it is one. ``known``: by the words they were named with; others are nobody."""

    you: Person | None
    known: Mapping[str, Person]

    @property
    def people(self) -> list[Person]:
        return list({one.id: one for one in (*([self.you] if self.you else []), *self.known.values())}.values())


async def circle_of(
    connection: Connection, user_id: UUID | None, names: Sequence[str], *, unsure_is_nobody: bool = False
) -> Circle:
    """Find these people by e-mail, whole name, or first name.

    Raises Conflict ``ambiguous_person`` when a name fits several, unless ``unsure_is_nobody``.
    """
    words = [" ".join(name.split()).casefold() for name in names]
    rows = await (await connection.execute(_USERS, {"words": words, "me": user_id})).fetchall()
    people = [Person(**row) for row in rows]
    you = next((person for person in people if person.id == user_id), None)
    known: dict[str, Person] = {}
    for name, word in zip(names, words, strict=True):
        if you and word in {"me", "myself", "i"}:
            known[name] = you
        elif len(found := _meant(word, people)) == 1:
            known[name] = found[0]
        elif found and not unsure_is_nobody:
            told = " and ".join(f"{person.name} ({person.email})" for person in found[:3])
            raise Conflict(f"Several people are called that: {told}. Name one by the e-mail.", code="ambiguous_person")
    return Circle(you, known)


async def addresses_of_house(connection: Connection, addresses: Sequence[str]) -> frozenset[str]:
    """Which of these addresses (small letters) the tenant's people have, here or at a calendar they connected."""
    rows = await (await connection.execute(_ADDRESSES, {"wanted": list(addresses)})).fetchall()
    return frozenset(row["address"] for row in rows)


async def calendars_of(connection: Connection) -> list[OwnedCalendar]:
    """All calendars of the tenant, with whose they are."""
    rows = await (await connection.execute("SELECT id, user_id, counts_busy FROM calendars ORDER BY id")).fetchall()
    return [OwnedCalendar(**row) for row in rows]


async def held_between(
    connection: Connection, start: datetime, end: datetime, at: datetime, conversation_id: UUID | None
) -> list[Event]:
    """What is kept free for callers in [start, end), except for the conversation that asks; nobody's names in it."""
    rows = await (await connection.execute(_HELD, (at, start, end, conversation_id))).fetchall()
    return [Event(**row, summary="", timezone="UTC", status="held") for row in rows]


def _meant(word: str, people: Sequence[Person]) -> list[Person]:
    exact = [person for person in people if person.is_called(word)]
    return exact or [person for person in people if person.name.casefold().split(" ")[0] == word]
