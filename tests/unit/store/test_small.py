"""Ids grow with time, clocks can be chosen, secrets are masked in logs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from store.clock import FixedClock, clock_from_environment, pin_clock
from store.errors import NotAllowed
from store.identity import Identity, agent_identity
from store.ids import new_id
from store.log import configure_forwarded, get_logger, mask_secrets


def test_ids_are_version_7_and_in_the_order_of_time() -> None:
    ids = [new_id() for _ in range(50)]
    assert {one.version for one in ids} == {7}
    milliseconds = [one.int >> 80 for one in ids]
    assert milliseconds == sorted(milliseconds)
    assert len(set(ids)) == 50


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.advance(timedelta(minutes=5))
    assert clock.now().minute == 5


def test_the_environment_may_choose_the_present() -> None:
    clock = clock_from_environment({"VOICELOOP_NOW": "2030-01-01T00:00:00Z"})
    assert abs(clock.now() - datetime(2030, 1, 1, tzinfo=UTC)) < timedelta(seconds=5)


def test_processes_started_later_share_the_chosen_present() -> None:
    environment = {"VOICELOOP_NOW": "2030-01-01T00:00:00Z"}
    pin_clock(environment)
    pinned = environment["VOICELOOP_NOW"]
    pin_clock(environment)
    assert pinned.startswith("+")
    assert abs(float(environment["VOICELOOP_NOW"]) - float(pinned)) < 1
    assert clock_from_environment(environment).now().year in (2029, 2030)


def test_secrets_never_reach_the_log() -> None:
    event = mask_secrets(None, "info", {"event": "x", "api_key": "vl_1", "Authorization": "Bearer y", "count": 3})
    assert event == {"event": "x", "api_key": "***", "Authorization": "***", "count": 3}


def test_a_missing_scope_is_refused_by_name() -> None:
    agent: Identity = agent_identity(new_id())
    agent.require("calendar:write")
    with pytest.raises(NotAllowed, match="tenant:write"):
        agent.require("tenant:write")


def test_a_call_process_hands_its_logs_over_masked(caplog: pytest.LogCaptureFixture) -> None:
    before = structlog.get_config()
    try:
        configure_forwarded()
        with caplog.at_level(logging.INFO):
            get_logger("agent.test").info("a fact", password="hunter2", conversation_id="c1")
    finally:
        structlog.configure(**before)
    record = caplog.records[-1]
    assert record.getMessage() == "a fact"
    assert record.__dict__["password"] == "***"
    assert record.__dict__["conversation_id"] == "c1"
