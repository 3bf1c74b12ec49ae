"""Who is invited: Google's attendees <-> Attendee. What Google knows of them must not get lost in between. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tools.calendars.backend import Attendee, NotSupported, Status

Json = dict[str, Any]

_STATUS: dict[str, Status] = {
    "needsAction": "needs-action",
    "accepted": "accepted",
    "tentative": "tentative",
    "declined": "declined",
}
_STATUS_OUT: dict[Status, str] = {said: theirs for theirs, said in _STATUS.items()}
_READ_ONLY = ("self", "organizer", "id")  # what Google says of an attendee and does not take


def check_guests(item: Json) -> None:
    """Raises NotSupported for an event of which Google did not tell all guests: writing the others would lose some."""
    if item.get("attendeesOmitted"):
        raise NotSupported("That event has too many guests to change them here. Change them in Google Calendar.")


def attendee_of(one: Json) -> Attendee:
    status = _STATUS.get(text_of(one, "responseStatus"), "needs-action")
    return Attendee(text_of(one, "email"), text_of(one, "displayName"), status)


def attendees_of(people: Iterable[Attendee], known: dict[str, Json]) -> list[Json]:
    """The whole list, because PATCH replaces it: who is on it already keeps what Google knows of them, and the rooms
    stay booked (they are no people, so nobody named them)."""
    written = [one for one in known.values() if one.get("resource")]
    for person in people:
        if not person.email:
            raise NotSupported(f"Google Calendar needs an e-mail address of {person.name or 'every attendee'}.")
        one = dict(known.get(person.email.lower(), {"email": person.email}))
        if person.name:
            one["displayName"] = person.name
        if person.status != "needs-action" or "responseStatus" not in one:
            one["responseStatus"] = _STATUS_OUT[person.status]
        written.append(one)
    return writable_attendees(written)


def writable_attendees(attendees: Iterable[Json]) -> list[Json]:
    """Google's attendees without what it alone says of them."""
    return [{name: value for name, value in one.items() if name not in _READ_ONLY} for one in attendees]


def is_declined(item: Json) -> bool:
    return any(one.get("self") and one.get("responseStatus") == "declined" for one in item.get("attendees", []))


def attendees_by_address(item: Json) -> dict[str, Json]:
    return {str(one.get("email", "")).lower(): one for one in item.get("attendees", []) if isinstance(one, dict)}


def text_of(item: Json, name: str) -> str:
    """A text without NUL, which no database keeps."""
    return str(item.get(name) or "").replace("\0", "")
