"""When a room needs an agent: the rule alone, without a server."""

from __future__ import annotations

import pytest
from livekit import api

from ingest.dispatch import (
    Dispatch,
    Repeat,
    RoomView,
    decide,
    room_of_tenant,
    tenant_of_room,
    view_of,
)

NOW = 1_000_000.0
RUNNING, FAILED = 1, 3


def asked(age_ms: float, *jobs: int, metadata: str = "m", id_: str = "d") -> Dispatch:
    return Dispatch(id_, metadata, NOW - age_ms, jobs)


@pytest.mark.parametrize(
    ("why", "view"),
    [
        ("nobody is there", RoomView(None, False, ())),
        ("the caller has only just come", RoomView(NOW - 500, False, ())),
        ("an agent is there", RoomView(NOW - 60_000, True, ())),
        ("a worker may still take it", RoomView(NOW - 2000, False, (asked(2000),))),
        ("the worker that took it still starts a process", RoomView(NOW - 9000, False, (asked(9000, RUNNING),))),
        ("the agent left a moment ago", RoomView(NOW - 60_000, False, (asked(60_000, RUNNING),), NOW - 1000)),
        ("a newer dispatch has time", RoomView(NOW - 60_000, False, (asked(60_000), asked(1000)))),
    ],
)
def test_the_room_is_left_alone_when(why: str, view: RoomView) -> None:
    assert decide(view, NOW) is None, why


def test_a_caller_alone_without_a_dispatch_gets_the_default() -> None:
    assert decide(RoomView(NOW - 1500, False, ()), NOW) == Repeat("no_dispatch", None)


def test_a_dispatch_that_nobody_took_is_repeated_with_its_metadata() -> None:
    view = RoomView(NOW - 9000, False, (asked(9000, metadata="old", id_="a"), asked(3000, metadata="new", id_="b")))
    assert decide(view, NOW) == Repeat("not_taken", "new", ("a", "b"), unless_goodbye=True)


def test_a_failed_job_is_repeated() -> None:
    assert decide(RoomView(NOW - 9000, False, (asked(3000, FAILED),)), NOW) == Repeat("job_failed", "m", ("d",))


@pytest.mark.parametrize("seen_ms", [NOW - 2500, None])
def test_an_agent_that_vanished_is_replaced_unless_it_said_goodbye(seen_ms: float | None) -> None:
    view = RoomView(NOW - 60_000, False, (asked(60_000, RUNNING),), seen_ms)
    assert decide(view, NOW) == Repeat("agent_lost", "m", ("d",), unless_goodbye=True)


def test_only_real_callers_and_our_dispatches_count() -> None:
    kinds = api.ParticipantInfo.Kind
    people = [
        api.ParticipantInfo(identity="recorder", kind=kinds.EGRESS, joined_at_ms=1),
        api.ParticipantInfo(
            identity="watcher", kind=kinds.STANDARD, joined_at_ms=2, permission=api.ParticipantPermission(hidden=True)
        ),
        api.ParticipantInfo(identity="caller", kind=kinds.SIP, joined_at_ms=3),
    ]
    mine = api.AgentDispatch(id="a", agent_name="voiceloop", metadata="m")
    view = view_of(people, [mine, api.AgentDispatch(id="b", agent_name="")])
    assert (view.caller_since_ms, view.has_agent, [one.id for one in view.dispatches]) == (3, False, ["a"])


def test_rooms_of_other_tenants_carry_their_name() -> None:
    assert room_of_tenant("x", "demo", default="demo") == "x"
    assert tenant_of_room(room_of_tenant("x", "acme", default="demo"), default="demo") == "acme"
    assert tenant_of_room("x", default="demo") == "demo"
