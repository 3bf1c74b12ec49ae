"""The offline brain as a LiveKit LLM: chat items in, words or one function-tool call out. No network, no side effects.

Decisions are made in `dialogue.py` on a worker thread, so that the call's event loop never computes.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from livekit.agents import llm, utils
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr

from agent.brain.dialogue import Setting, decide
from agent.brain.reading import Reader
from agent.brain.state import Action, Answered, Item, Said, Spoke
from store.clock import Clock

_KEPT = 4  # a draft and what follows from it
_Asked = tuple[list[Item], frozenset[str], datetime]


class OfflineLLM(llm.LLM[str]):
    """Answers from the conversation alone; may be asked again and again for the same turn."""

    def __init__(self, *, clock: Clock, timezone: ZoneInfo | None, reader: Reader, persona_name: str = "") -> None:
        super().__init__()
        self._clock, self._timezone, self._reader, self._name = clock, timezone, reader, persona_name
        self._decided: deque[tuple[_Asked, Action]] = deque(maxlen=_KEPT)

    @property
    def model(self) -> str:
        return "offline-brain"

    @property
    def provider(self) -> str:
        return "voiceloop"

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> llm.LLMStream:
        del parallel_tool_calls, extra_kwargs
        offered = frozenset[str]() if tool_choice == "none" else frozenset(tool_names(tools or []))
        return _Stream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options, offered=offered)

    def reply(self, items: list[Item], offered: frozenset[str]) -> Action:
        """What to do after these items; blocking for some milliseconds, unless it was asked the same just now."""
        now = self._clock.now().astimezone(self._timezone or UTC)
        asked = items, offered, now.replace(second=0, microsecond=0)
        for before, decided in list(self._decided):
            if before == asked:
                return decided
        action = decide(items, Setting(now, offered, self._name, self._reader.intent))
        self._decided.append((asked, action))
        return action


class _Stream(llm.LLMStream):
    def __init__(self, brain: OfflineLLM, *, offered: frozenset[str], **options: Any) -> None:
        super().__init__(brain, **options)
        self._brain, self._offered = brain, offered

    async def _run(self) -> None:
        request = utils.shortuuid("offline_")
        action = await asyncio.to_thread(self._brain.reply, items_of(self._chat_ctx), self._offered)
        for part in parts_of(action.say):
            self._send(request, llm.ChoiceDelta(role="assistant", content=part))
        if action.tool in self._offered:
            call = llm.FunctionToolCall(
                name=action.tool, arguments=json.dumps(dict(action.arguments)), call_id=utils.shortuuid("call_")
            )
            self._send(request, llm.ChoiceDelta(role="assistant", tool_calls=[call]))
        usage = llm.CompletionUsage(completion_tokens=0, prompt_tokens=0, total_tokens=0)
        self._event_ch.send_nowait(llm.ChatChunk(id=request, usage=usage))

    def _send(self, request: str, delta: llm.ChoiceDelta) -> None:
        self._event_ch.send_nowait(llm.ChatChunk(id=request, delta=delta))


def parts_of(say: str) -> list[str]:
    """Words as they are handed on, one after the other."""
    return re.findall(r"\S+\s*", say)


def tool_names(tools: Iterable[llm.Tool | llm.Toolset]) -> list[str]:
    """Names of the offered function tools, those inside toolsets too."""
    names: list[str] = []
    for tool in tools:
        if isinstance(tool, llm.Toolset):
            names += tool_names(tool.tools)
        else:
            names.append(tool.id)
    return names


def items_of(context: llm.ChatContext) -> list[Item]:
    """The conversation as values: words of the caller and the assistant, finished tool calls; no prompt."""
    items: list[Item] = []
    arguments: dict[str, dict[str, Any]] = {}
    for item in context.items:
        if item.type == "message":
            text = item.text_content or ""
            if item.role == "user":
                items.append(Said(text))
            elif item.role == "assistant" and text:
                items.append(Spoke(text))
        elif item.type == "function_call":
            arguments[item.call_id] = arguments_of(item.arguments)
        elif item.type == "function_call_output":
            items.append(Answered(item.name, arguments.get(item.call_id, {}), item.output, item.is_error))
    return items


def arguments_of(text: str) -> dict[str, Any]:
    """Of a tool call as it was written; empty when they are no object."""
    try:
        value = json.loads(text or "{}")
    except json.JSONDecodeError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
