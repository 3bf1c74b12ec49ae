"""A call without a room: a CallContext over a real database, what it published, and turns to call tools in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from livekit.agents import RunContext, ToolError
from livekit.agents.llm import FunctionCall, FunctionTool, Toolset
from livekit.agents.llm.utils import prepare_function_arguments
from livekit.agents.voice.speech_handle import SpeechHandle

from store.clock import Clock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.personas import Persona
from tools.calendars.briefing.service import BriefingService
from tools.calendars.connected import ConnectedCalendars
from tools.calendars.planning import PlanningService
from tools.calendars.service import CalendarService
from tools.calendars.toolset.speaking import BEHIND_THE_CALL
from tools.call import CallContext, Services
from tools.knowledge.embedding import Embedder
from tools.knowledge.service import KnowledgeService
from tools.toolsets import build_toolsets

PERSONA = Persona(new_id(), "assistant", "Assistant", "custom", "", "Hello.", "en", "", ("calendar", "knowledge"), True)


@dataclass
class Published:
    """What the page would have received, in order."""

    items: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, topic: str, payload: dict[str, Any]) -> None:
        self.items.append((topic, payload))

    def of(self, topic: str) -> list[dict[str, Any]]:
        return [payload for name, payload in self.items if name == topic]


def make_call(
    database: Database,
    identity: Identity,
    clock: Clock,
    *,
    timezone: str = "Europe/Berlin",
    embedder: Embedder | None = None,
    published: Published | None = None,
) -> CallContext:
    return CallContext(
        identity=identity,
        persona=PERSONA,
        conversation_id=new_id(),
        timezone=ZoneInfo(timezone),
        language="en",
        channel="web",
        clock=clock,
        services=Services(
            calendars := CalendarService(database, clock),
            PlanningService(database, calendars, clock),
            BriefingService(database, calendars, clock),
            ConnectedCalendars(database),
            KnowledgeService(database, clock, embedder),
        ),
        publish=published or Published(),
    )


class Caller:
    """Calls tools as the framework does: arguments as a model writes them, one speech handle a turn."""

    def __init__(self, call: CallContext, toolsets: Sequence[str] = ("calendar", "knowledge")) -> None:
        self.call = call
        self._tools: dict[str, FunctionTool[..., Any]] = {}
        self._toolsets = build_toolsets(toolsets, call)
        for toolset in self._toolsets:
            self._tools.update(_functions(toolset))
        self.handle = SpeechHandle.create()
        self._told: list[str] = []

    def next_turn(self, says: str = "Yes, please.") -> None:
        """The assistant has told what the tools answered, and the caller has spoken again."""
        self.call.words.speak(" ".join(self._told))
        self._told.clear()
        self.call.words.hear(says)
        self.handle = SpeechHandle.create()

    async def settled(self) -> None:
        """What goes on behind the call is done."""
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == BEHIND_THE_CALL))

    async def hang_up(self) -> None:
        """As the framework does at the end of a call."""
        for toolset in self._toolsets:
            await toolset.aclose()

    async def use(self, name: str, **arguments: Any) -> str:
        """The tool's result in the present turn. Raises ToolError."""
        request = FunctionCall(name=name, arguments="{}", call_id=str(new_id()))
        session: Any = SimpleNamespace(_global_run_state=None)
        context: RunContext[Any] = RunContext(session=session, speech_handle=self.handle, function_call=request)
        tool = self._tools[name]
        args, kwargs = prepare_function_arguments(fnc=tool, json_arguments=arguments, call_ctx=context)
        answer = await tool(*args, **kwargs)
        self._told.append(answer.split(" | ")[0])
        return answer

    async def refused(self, name: str, **arguments: Any) -> str:
        """The ToolError's text; fails when the tool does not refuse."""
        try:
            answer = await self.use(name, **arguments)
        except ToolError as error:
            return error.message
        raise AssertionError(f"{name} was expected to refuse, but said: {answer}")


def _functions(toolset: Toolset) -> dict[str, FunctionTool[..., Any]]:
    return {tool.id: tool for tool in toolset.tools if isinstance(tool, FunctionTool)}
