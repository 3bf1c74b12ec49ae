"""Typed messages: cleaned, bounded, and nothing made of nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.behaviors import typed
from agent.errors import TOO_LONG


@dataclass
class Event:
    text: str


@dataclass
class Session:
    said: list[str] = field(default_factory=list[str])
    answered: list[str] = field(default_factory=list[str])

    def say(self, text: str) -> None:
        self.said.append(text)

    def generate_reply(self, *, user_input: str) -> None:
        self.answered.append(user_input)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    session = Session()

    async def answer(_session: object, event: Event) -> None:
        session.answered.append(event.text)

    monkeypatch.setattr(typed, "_answer", answer)
    return session


@pytest.mark.parametrize(
    ("text", "answered"),
    [("What time\x00 is\x07 breakfast?", ["What time is breakfast?"]), ("  \n\t ", []), ("\u200b\u202e", [])],
)
async def test_only_visible_text_is_answered(session: Any, text: str, answered: list[str]) -> None:
    await typed.answering(session)(session, Event(text))  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
    assert session.answered == answered
    assert session.said == []


async def test_a_message_that_is_too_long_is_refused_aloud(session: Any) -> None:
    await typed.answering(session)(session, Event("x" * 20_000))  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
    assert session.answered == []
    assert session.said == [TOO_LONG]


async def test_a_message_beside_something_that_nothing_interrupts_is_answered_after_it(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_session: object, event: Event) -> None:
        raise RuntimeError("this speech does not allow interruptions")

    monkeypatch.setattr(typed, "_answer", refuse)
    await typed.answering(session)(session, Event("And for how long?"))  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
    assert session.answered == ["And for how long?"]
