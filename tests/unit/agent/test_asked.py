"""What the assistant asked is known to the turn detector before the caller's answer is judged."""

from types import SimpleNamespace
from typing import Any, cast

from livekit.agents import AgentSession
from livekit.agents.llm import ChatMessage
from livekit.rtc import EventEmitter

from agent.behaviors import asked
from agent.turns.detector import OpenWords
from agent.turns.evidence import Asked
from ingest.api.persona_fields import PatienceByQuestion
from tools.capture.model import Asks
from tools.capture.service import Captures


def test_a_question_counts_as_soon_as_the_caller_answers_it() -> None:
    session, words, spoken = EventEmitter[str](), OpenWords(), "What is your phone number?"
    asked.attach(cast("AgentSession[Any]", session), words, lambda: spoken)
    session.emit("user_state_changed", SimpleNamespace(new_state="speaking"))
    assert words.asked is Asked.DIGITS
    message = ChatMessage(role="assistant", content=["When will you arrive?"])
    session.emit("conversation_item_added", SimpleNamespace(item=message))
    assert words.asked is Asked.WHEN


def test_that_the_assistant_speaks_is_known() -> None:
    session, words = EventEmitter[str](), OpenWords()
    asked.attach(cast("AgentSession[Any]", session), words)
    session.emit("agent_state_changed", SimpleNamespace(new_state="speaking"))
    assert words.over_assistant
    session.emit("agent_state_changed", SimpleNamespace(new_state="listening"))
    assert not words.over_assistant


def test_a_value_that_is_taken_down_says_itself_what_it_asks() -> None:
    session, words, captures = EventEmitter[str](), OpenWords(), SimpleNamespace(asks=Asks.DIGITS)
    asked.attach(cast("AgentSession[Any]", session), words, captures=cast(Captures, captures))
    message = ChatMessage(role="assistant", content=["Could you tell me once more?"])
    session.emit("conversation_item_added", SimpleNamespace(item=message))
    assert words.asked is Asked.DIGITS
    captures.asks = Asks.NOTHING
    session.emit("conversation_item_added", SimpleNamespace(item=message))
    assert words.asked is Asked.YES_NO


def test_whatever_is_asked_has_one_name_everywhere() -> None:
    kinds = {asked.value for asked in Asked}
    assert {asks.value for asks in Asks} <= kinds
    assert set(PatienceByQuestion.model_fields) == kinds - {Asked.NOTHING}
