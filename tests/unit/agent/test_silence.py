"""A caller who says nothing is asked once before the call ends, each time anew."""

from __future__ import annotations

from typing import Any

import pytest
from livekit import rtc
from livekit.agents import ConversationItemAddedEvent, UserStateChangedEvent
from livekit.agents.llm import ChatMessage

from agent import errors
from agent.behaviors import silence


class Said:
    """A sentence that was said to its end at once."""

    interrupted = False

    def add_done_callback(self, work: Any) -> None:
        work(self)

    def done(self) -> bool:
        return True


class Session(rtc.EventEmitter[str]):
    closed = False

    def shutdown(self, *, drain: bool) -> None:
        assert not drain
        self.closed = True

    def reset_away_timer(self) -> None:
        self.goes("listening")

    def goes(self, state: Any) -> None:
        self.emit("user_state_changed", UserStateChangedEvent(old_state="listening", new_state=state))

    def types(self) -> None:
        message = ChatMessage(role="user", content=["What time is breakfast?"])
        self.emit("conversation_item_added", ConversationItemAddedEvent(item=message))


class Guard:
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str, **_: Any) -> Said:
        self.said.append(text)
        return Said()


@pytest.fixture
def guard() -> Guard:
    return Guard()


@pytest.fixture
def session(guard: Guard) -> Session:
    session = Session()
    silence.attach(session, guard)  # pyright: ignore[reportArgumentType]
    return session


def test_who_does_not_answer_the_question_is_let_go(session: Session, guard: Guard) -> None:
    session.goes("away")
    assert guard.said == [errors.STILL_THERE]
    assert not session.closed
    session.goes("away")
    assert guard.said == [errors.STILL_THERE, errors.NOBODY_THERE]
    assert session.closed


@pytest.mark.parametrize("sign_of_life", ["speaks", "types"])
def test_who_was_there_again_is_asked_again(session: Session, guard: Guard, sign_of_life: str) -> None:
    session.goes("away")
    session.goes("speaking") if sign_of_life == "speaks" else session.types()
    session.goes("away")
    assert guard.said == [errors.STILL_THERE, errors.STILL_THERE]
    assert not session.closed
