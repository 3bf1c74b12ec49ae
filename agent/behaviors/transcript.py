"""Every sentence of either side and every tool call becomes a row, with its latency by stage; errors are counted.

Runs on session events and only queues; the recorder writes. Understanding (intent, entities) is added there too.
Latency is the framework's timers, and what ``measure`` tells of a sentence (``heard.py``: from the sound itself).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from livekit.agents import AgentSession, CloseEvent, ConversationItemAddedEvent, ErrorEvent, FunctionToolsExecutedEvent
from livekit.agents.llm import ChatMessage

from agent.recorder import Recorder
from store import attachments, conversations
from store.conversations import Message
from store.database import Database
from store.ids import new_id
from tools.call import CallContext
from tools.plaintext import visible

Understand = Callable[[str], "Understood"]
Measure = Callable[[ChatMessage], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Understood:
    """What a caller's sentence was taken to mean; ``confidence`` from 0 to 1."""

    intent: str
    confidence: float
    entities: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Transcript:
    """Collects between two sentences what belongs to the next one: tool calls and citations."""

    def __init__(
        self,
        call: CallContext,
        database: Database,
        recorder: Recorder,
        understand: Understand,
        measure: Measure = lambda message: {},
    ) -> None:
        self._call, self._database, self._recorder, self._understand = call, database, recorder, understand
        self._measure = measure
        self._tool_calls: list[dict[str, Any]] = []
        self._citations: list[dict[str, Any]] = []
        self.error_count = 0

    def attach(self, session: AgentSession[Any]) -> None:
        session.on("conversation_item_added", self._on_item)
        session.on("function_tools_executed", self._on_tools)
        session.on("error", self._on_error)
        session.on("close", self._on_close)

    def note_citations(self, citations: list[dict[str, Any]]) -> None:
        """Sources found by a tool; they belong to the assistant's next sentence."""
        self._citations.extend(citations)

    def _on_tools(self, event: FunctionToolsExecutedEvent) -> None:
        for call, output in event.zipped():
            self._tool_calls.append(
                {
                    "name": call.name,
                    "arguments": _json_object(call.arguments),
                    "result": output.output if output else "",
                    "is_error": output.is_error if output else True,
                }
            )

    def _on_close(self, _event: CloseEvent) -> None:
        """What a tool did after the last sentence is kept too: a caller may hang up on a yes."""
        if self._tool_calls:
            tool_calls, self._tool_calls = self._tool_calls, []
            last = Message(new_id(), "tool", "", self._call.clock.now(), tool_calls=tool_calls)
            self._recorder.put(lambda: self._write(last))

    def _on_error(self, _event: ErrorEvent) -> None:
        self.error_count += 1

    def _on_item(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if not isinstance(item, ChatMessage) or item.role not in ("user", "assistant"):
            return
        measured = self._measure(item)
        text = visible(item.text_content or "")
        if not text:
            return
        tool_calls, citations = [], []
        if item.role == "assistant":
            tool_calls, self._tool_calls = self._tool_calls, []
            citations, self._citations = self._citations, []
        message = Message(
            id=new_id(),
            role=item.role,
            text=text,
            created_at=datetime.fromtimestamp(item.created_at, UTC),
            tool_calls=tool_calls,
            citations=citations,
            latency_ms={**latency_ms(item.metrics or {}), **measured},
            interrupted=item.interrupted,
        )
        self._recorder.put(lambda: self._write(message))

    async def _write(self, message: Message) -> None:
        if message.role == "user":
            understood = await asyncio.to_thread(self._understand, message.text)
            message = _with_understanding(message, understood)
        identity = self._call.identity
        async with self._database.transaction(identity) as connection:
            await conversations.add_message(connection, identity, self._call.conversation_id, message)
            if message.role == "user":
                await attachments.hang_on_message(connection, self._call.conversation_id, message.id)


def latency_ms(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The framework's per-turn seconds as milliseconds under the names that are stored and shown."""
    names = {
        "transcription_delay": "transcription",
        "end_of_turn_delay": "end_of_turn",
        "llm_node_ttft": "llm_ttft",
        "tts_node_ttfb": "tts_ttfb",
        "playback_latency": "playback",
        "e2e_latency": "e2e",
    }
    return {
        short: round(float(metrics[long]) * 1000, 1) for long, short in names.items() if metrics.get(long) is not None
    }


def _with_understanding(message: Message, understood: Understood) -> Message:
    return Message(
        id=message.id,
        role=message.role,
        text=message.text,
        created_at=message.created_at,
        intent=understood.intent,
        confidence=round(understood.confidence, 3),
        entities=understood.entities,
        latency_ms=message.latency_ms,
        interrupted=message.interrupted,
    )


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return {"text": text}
    return value if isinstance(value, dict) else {"value": value}
