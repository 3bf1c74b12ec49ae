"""Whole conversations in which an address or a number is taken down: real tools, real database, the offline brain."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from agent.behaviors import captures
from agent.behaviors.captures import KEYS_OVER_S, Keys
from store.database import Database
from store.identity import Identity
from tests.integration.agent.conftest import Talk
from tools.capture.model import Kind

BOOKING = "Book lunch with Jane tomorrow at noon and send her an invitation."


async def booked(database: Database, identity: Identity) -> list[tuple[str, list[str], str]]:
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute("SELECT summary, attendees, description FROM events ORDER BY starts_at")
        ).fetchall()
    return [(row["summary"], list(row["attendees"]), row["description"]) for row in rows]


def shown(talk: Talk) -> dict[str, Any]:
    """What the page's card shows."""
    return next(data for topic, data in reversed(talk.cards) if topic == "voiceloop.capture")


async def test_an_invitation_asks_for_the_address_and_books_with_the_confirmed_one(
    talk: Talk, database: Database, identity: Identity
) -> None:
    assert "e-mail address" in await talk.say(BOOKING)
    said = await talk.say("My e-mail is jane dot doe at example dot com.")
    assert said == "I have jane.doe@example.com. Is that right?"
    assert "jane.doe@example.com" in (read_back := await talk.say("Yes, that's right."))
    assert read_back.endswith("Shall I book it?")
    assert await booked(database, identity) == []
    await talk.say("Yes please.")
    assert await booked(database, identity) == [("Lunch with Jane", ["Jane", "jane.doe@example.com"], "")]


async def test_a_correction_of_the_address_changes_the_booking_in_that_and_nothing_else(
    talk: Talk, database: Database, identity: Identity
) -> None:
    await talk.say(BOOKING)
    await talk.say("jane dot doe at example dot com")
    assert "jane.doe@example.org" in await talk.say("No, dot org, not dot com.")
    await talk.say("Yes.")
    assert "jane.roe@example.org" in await talk.say("No wait, the e-mail is jane dot roe at example dot org.")
    assert "noon" in await talk.say("Yes, that's right.")
    await talk.say("Yes.")
    assert await booked(database, identity) == [("Lunch with Jane", ["Jane", "jane.roe@example.org"], "")]


async def test_a_number_is_read_back_in_groups_and_corrected_at_its_end(talk: Talk) -> None:
    assert await talk.say("My phone number is 415 555 0123.") == "I have 415 555 0123. Is that right?"
    assert await talk.say("No, ends in four.") == "I have 415 555 0124. Is that right?"
    assert talk.opened.call.captures.confirmed(Kind.PHONE) == ""
    await talk.say("Yes, that's right.")
    assert talk.opened.call.captures.confirmed(Kind.PHONE) == "4155550124"
    assert shown(talk)["state"] == "confirmed"


async def test_a_number_given_while_a_booking_is_read_back_is_written_beside_it(
    talk: Talk, database: Database, identity: Identity
) -> None:
    await talk.say("Book a call with Ben tomorrow at three PM.")
    await talk.say("And my phone number is 415 555 0123.")
    assert (await talk.say("Yes.")).endswith("Shall I book it?")
    assert "415 555 0129" in await talk.say("No, the number ends in nine.")
    await talk.say("Yes, correct.")
    await talk.say("Yes.")
    assert await booked(database, identity) == [("Call with Ben", ["Ben"], "Phone: 4155550129")]


async def test_the_second_try_is_spelled_and_the_third_is_typed_in_the_page(
    talk: Talk, database: Database, identity: Identity
) -> None:
    await talk.say(BOOKING)
    await talk.say("jane at example dot com")
    assert "spell" in await talk.say("No.")
    assert "type the address" in await talk.say("Hm, mumble mumble.")
    card = shown(talk)
    assert (card["state"], card["field"]) == ("offered", "email")
    session, call = talk.session, talk.opened.call
    assert "does not look like" in captures.take(session, call, card["id"], "nonsense")
    spoken = await talk.hears(lambda: captures.take(session, call, card["id"], "Jane.Doe@example.com"))
    assert "jane.doe@example.com" in spoken
    assert spoken.endswith("Shall I book it?")
    assert "being taken down" in captures.take(session, call, card["id"], "other@example.com")
    await talk.say("Yes.")
    assert (await booked(database, identity))[0][1] == ["Jane", "jane.doe@example.com"]


async def test_keys_of_a_telephone_fill_a_number(talk: Talk) -> None:
    talk.opened.call.has_keys = True
    await talk.say("Can you take my phone number?")
    await talk.say("Hm, mumble.")
    assert "key the number on your phone" in await talk.say("Mumble mumble.")
    keys = Keys(talk.session, talk.opened.call)
    for key in ("4", "A", "", "99", "garbage", *"155550123#"):
        keys.press(key)
    await talk.replied()
    assert talk.opened.call.captures.confirmed(Kind.PHONE) == "4155550123"


async def test_keys_without_a_pound_key_are_taken_when_no_more_come(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[tuple[float, Any]] = []
    await talk.say("Can you take my phone number?")
    keys = Keys(talk.session, talk.opened.call)
    timers = SimpleNamespace(
        call_later=lambda s, work: waiting.append((s, work)) or SimpleNamespace(cancel=waiting.clear)
    )
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: timers)
    for key in "4155550123":
        keys.press(key)
    monkeypatch.undo()
    [(after_s, work)] = waiting
    assert after_s == KEYS_OVER_S
    work()
    await talk.replied()
    assert talk.opened.call.captures.confirmed(Kind.PHONE) == "4155550123"


async def test_keys_that_are_no_number_are_told_so_and_asked_for_again(talk: Talk) -> None:
    await talk.say("Can you take my phone number?")
    keys, asked = Keys(talk.session, talk.opened.call), len(talk.speeches)
    for key in "12#":
        keys.press(key)
    assert len(talk.speeches) == asked + 1
    assert "number" in await talk.replied()
    assert talk.opened.call.captures.confirmed(Kind.PHONE) == ""
    for key in "4155550123#":
        keys.press(key)
    await talk.replied()
    assert talk.opened.call.captures.confirmed(Kind.PHONE) == "4155550123"


async def test_keys_that_nobody_asked_for_do_nothing(talk: Talk) -> None:
    Keys(talk.session, talk.opened.call).press("5")
    assert talk.opened.call.captures.current is None


async def test_a_question_in_between_is_answered_and_the_value_asked_for_again(talk: Talk) -> None:
    await talk.say("My phone number is 415 555 0123.")
    aside = await talk.say("What time is it?")
    assert aside.endswith("I have 415 555 0123. Is that right?")
    await talk.say("Yes.")
    assert talk.opened.call.captures.confirmed(Kind.PHONE) == "4155550123"


async def test_who_leaves_the_address_out_books_without_an_invitation(
    talk: Talk, database: Database, identity: Identity
) -> None:
    await talk.say(BOOKING)
    assert (await talk.say("Never mind.")).endswith("Shall I book it?")
    await talk.say("Yes.")
    assert await booked(database, identity) == [("Lunch with Jane", ["Jane"], "")]


async def test_an_address_within_a_request_is_read_back_before_anything_is_booked(
    talk: Talk, database: Database, identity: Identity
) -> None:
    assert "jane@example.com" in await talk.say("Book a meeting with jane@example.com tomorrow at noon.")
    assert "jayne@example.com" in await talk.say("No, j a y n e at example dot com.")
    assert (await talk.say("Yes, that's right.")).endswith("Shall I book it?")
    assert await booked(database, identity) == []
    await talk.say("Yes.")
    assert await booked(database, identity) == [("Meeting", ["jayne@example.com"], "")]
