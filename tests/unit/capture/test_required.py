"""A change holds no address and no number that nobody confirmed, as long as the persona takes them down with care."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from livekit.agents import ToolError

from store.clock import FixedClock
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from tests.fakes.calls import PERSONA, Published
from tools.call import CallContext, Services
from tools.capture.model import Kind
from tools.capture.required import require_confirmed

CAREFUL = replace(
    PERSONA,
    toolsets=("calendar", "capture"),
    prompt="Invite desk@hotel.example to every stay.",
    escalation_contacts=({"name": "Ada", "phone": "+49301234567", "email": "ada@hotel.example"},),
)


class House:
    """The tenant's people, by their addresses."""

    async def known_addresses(self, identity: Identity, addresses: Sequence[str]) -> frozenset[str]:
        return frozenset(addresses) & {"tom@demo.test"}


@pytest.fixture
def call() -> CallContext:
    return CallContext(
        identity=Identity(new_id(), None, "member", ALL_SCOPES),
        persona=CAREFUL,
        conversation_id=new_id(),
        timezone=ZoneInfo("Europe/Berlin"),
        language="en",
        channel="web",
        clock=FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC)),
        services=Services(cast(Any, None), cast(Any, House()), *cast(Any, (None, None, None))),
        publish=Published(),
    )


def confirm(call: CallContext, kind: Kind, said: str) -> None:
    call.words.hear(said)
    call.words.speak(call.captures.begin(kind).says)
    call.words.hear("Yes, that's right.")
    call.captures.answer()


async def test_an_address_that_nobody_confirmed_is_refused_and_the_model_told_how_to_go_on(call: CallContext) -> None:
    with pytest.raises(ToolError) as refused:
        await require_confirmed(call, ["Lunch", "jane@example.com"])
    fact, move = refused.value.message.split(" | ")
    assert fact == "I first want to be sure that I have the e-mail address right."
    assert "jane@example.com is not confirmed" in move
    assert "capture_email" in move


async def test_the_same_goes_for_a_number(call: CallContext) -> None:
    with pytest.raises(ToolError, match=r"telephone number right.*capture_phone"):
        await require_confirmed(call, ["Phone: 415 555 0123"])


async def test_what_was_read_back_and_confirmed_may_be_written(call: CallContext) -> None:
    confirm(call, Kind.EMAIL, "jane at example dot com")
    confirm(call, Kind.PHONE, "415 555 0123")
    await require_confirmed(call, ["Jane@example.com", "Phone: (415) 555-0123"])
    with pytest.raises(ToolError):
        await require_confirmed(call, ["jane@example.com", "jayne@example.com"])
    with pytest.raises(ToolError):
        await require_confirmed(call, ["Phone: 415 555 0124"])


async def test_a_value_that_waits_for_its_yes_is_not_confirmed(call: CallContext) -> None:
    call.words.hear("jane at example dot com")
    call.captures.begin(Kind.EMAIL)
    with pytest.raises(ToolError):
        await require_confirmed(call, ["jane@example.com"])


@pytest.mark.parametrize("known", ["tom@demo.test", "Desk@hotel.example", "ada@hotel.example", "Ring +49 30 1234567"])
async def test_the_houses_own_people_and_contacts_need_no_confirmation(call: CallContext, known: str) -> None:
    await require_confirmed(call, [known])


async def test_who_comes_already_needs_none_either(call: CallContext) -> None:
    await require_confirmed(call, ["jane@example.com"], there=["Lunch", "jane@example.com"])


async def test_a_persona_without_those_tools_is_not_bound(call: CallContext) -> None:
    call.persona = replace(CAREFUL, toolsets=("calendar",))
    await require_confirmed(call, ["jane@example.com", "Phone: 415 555 0123"])
