"""The calendar refuses a value that nobody confirmed: it is taken down, and the request goes on with it then."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from agent.brain import captures
from agent.brain.intents import Intent
from agent.brain.outcomes import answered_task
from agent.brain.state import Action, Answered, Known, Slots, State, Task
from agent.brain.turn import Turn
from tools import spoken
from tools.capture.model import Asks, Capture, Kind, Step
from tools.capture.model import State as Stand
from tools.capture.outcome import refusal, result_of, unconfirmed
from tools.capture.written import Contact

NOW = datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("Europe/Berlin"))
TOM, EVE = Contact(Kind.EMAIL, "tom@example.com"), Contact(Kind.EMAIL, "eve@example.com")
NUMBER = Contact(Kind.PHONE, "4155550123")
TOOLS = frozenset({"book_event", "change_event", "capture_email", "capture_phone", "capture_answer"})
LUNCH = Known("Lunch", datetime.fromisoformat("2026-11-23T12:00"))


def turn(offered: frozenset[str] = TOOLS) -> Turn:
    return Turn(NOW, offered, 1, "Ava", lambda _: Intent("book", "", 1.0))


def booking(**slots: object) -> Task:
    made = Slots(title="Meeting", day=date(2026, 11, 22), at=time(10))
    return Task("book", Slots(**{**{name: getattr(made, name) for name in ("title", "day", "at")}, **slots}))  # pyright: ignore[reportArgumentType]


def refused(task: Task, contact: Contact, offered: frozenset[str] = TOOLS) -> tuple[State, Action]:
    tool = "book_event" if task.kind == "book" else "change_event"
    return answered_task(
        turn(offered), State(task=task), task, Answered(tool, {}, spoken.result(*refusal(contact)), failed=True)
    )


def taken_down(state: State, kind: Kind, value: str, stand: Stand = Stand.CONFIRMED) -> tuple[State, Action]:
    step = Step(Capture(kind=kind, state=stand, value=value), "", Asks.NOTHING)
    return captures.answered(turn(), state, Answered(f"capture_{kind}", {}, result_of(step, NOW.date())))


@pytest.mark.parametrize("contact", [TOM, NUMBER])
def test_a_refusal_tells_what_it_is_for(contact: Contact) -> None:
    assert unconfirmed(spoken.result(*refusal(contact))) == contact
    assert unconfirmed("You already have Review then. | Offer another time.") is None


def test_an_unconfirmed_address_is_taken_down_and_comes_back_confirmed() -> None:
    state, action = refused(booking(attendees=("Anna", "Tom@example.com")), TOM)
    assert (action.tool, action.arguments) == ("capture_email", {"said": "tom@example.com"})
    state, action = taken_down(state, Kind.EMAIL, "tom@example.org")
    assert (action.tool, action.arguments["attendees"]) == ("book_event", ["Anna", "tom@example.org"])


def test_an_address_in_the_title_becomes_somebody_who_comes() -> None:
    state, _ = refused(booking(title="Meeting with tom@example.com"), TOM)
    _, action = taken_down(state, Kind.EMAIL, "tom@example.com")
    assert (action.arguments["title"], action.arguments["attendees"]) == ("Meeting", ["tom@example.com"])


def test_two_addresses_are_taken_down_one_after_the_other() -> None:
    state, _ = refused(booking(attendees=("tom@example.com", "eve@example.com")), TOM)
    state, _ = taken_down(state, Kind.EMAIL, "tom@example.com")
    assert state.task
    state, action = answered_task(
        turn(), state, state.task, Answered("book_event", {}, spoken.result(*refusal(EVE)), failed=True)
    )
    assert action.arguments == {"said": "eve@example.com"}
    _, action = taken_down(state, Kind.EMAIL, "eve@example.com")
    assert action.arguments["attendees"] == ["tom@example.com", "eve@example.com"]


def test_a_number_in_the_title_is_written_beside_the_booking() -> None:
    state, action = refused(booking(title="Call with 415 555-0123"), NUMBER)
    assert (action.tool, action.arguments) == ("capture_phone", {"said": "4155550123"})
    _, action = taken_down(state, Kind.PHONE, "4155550123")
    assert (action.arguments["title"], action.arguments["notes"]) == ("Call", "Phone: 4155550123")


def test_who_leaves_the_address_out_books_without_it() -> None:
    state, _ = refused(booking(attendees=("Anna", "tom@example.com")), TOM)
    _, action = taken_down(state, Kind.EMAIL, "", Stand.GIVEN_UP)
    assert (action.tool, action.arguments["attendees"]) == ("book_event", ["Anna"])


def test_a_change_that_wanted_nothing_but_the_address_is_over_without_it() -> None:
    state, _ = refused(Task("alter", Slots(known=LUNCH, event="Lunch", attendees=("tom@example.com",))), TOM)
    state, action = taken_down(state, Kind.EMAIL, "", Stand.GIVEN_UP)
    assert state.task is None
    assert action.tool == ""


def test_without_the_tool_it_stays_a_refusal() -> None:
    _, action = refused(booking(attendees=("tom@example.com",)), TOM, frozenset({"book_event"}))
    assert action.tool == ""
