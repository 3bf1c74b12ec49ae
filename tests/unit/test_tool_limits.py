"""Every tool of the assistant ends in time, also when everything behind it hangs, and says so in a sentence."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from livekit.agents import RunContext, ToolError
from livekit.agents.llm import FunctionCall, FunctionTool, Toolset
from livekit.agents.llm.utils import prepare_function_arguments
from livekit.agents.voice.speech_handle import SpeechHandle

from agent.behaviors.goodbye import GoodbyeToolset
from store.clock import FixedClock
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from tests.fakes.calls import PERSONA
from tests.fakes.virtual_time import run
from tools.boundary import TIME_LIMIT_S, answering
from tools.call import CallContext, Services
from tools.toolsets import TOOLSETS, build_toolsets

PLAUSIBLE = {
    "start": "2026-11-23T15:00",
    "new_start": "2026-11-24T15:00",
    "start_date": "2026-11-23",
    "end_date": "2026-11-24",
    "day": "2026-11-23",
    "question": "When is breakfast?",
    "title": "Lunch",
    "event": "Lunch",
}


class Hanging:
    """A service that never answers."""

    def __getattr__(self, name: str) -> Any:
        async def hang(*_: object, **__: object) -> None:
            await asyncio.sleep(3600)

        return hang


def _call() -> CallContext:
    hanging: Any = Hanging()
    return CallContext(
        identity=Identity(new_id(), new_id(), "owner", ALL_SCOPES, "Owner"),
        persona=replace(PERSONA, toolsets=tuple(TOOLSETS)),
        conversation_id=new_id(),
        timezone=ZoneInfo("Europe/Berlin"),
        language="en",
        channel="web",
        clock=FixedClock(datetime(2026, 11, 21, 9, 0, tzinfo=UTC)),
        services=Services(hanging, hanging, hanging, hanging, hanging),
        publish=lambda topic, payload: None,
    )


def _tools() -> dict[str, FunctionTool[..., Any]]:
    call = _call()
    toolsets: list[Toolset] = [*build_toolsets(list(TOOLSETS), call), GoodbyeToolset(call.words)]
    return {tool.id: tool for toolset in toolsets for tool in toolset.tools if isinstance(tool, FunctionTool)}


def _arguments(tool: FunctionTool[..., Any]) -> dict[str, Any]:
    needed = [
        name for name, one in inspect.signature(tool).parameters.items() if one.default is inspect.Parameter.empty
    ]
    return {name: PLAUSIBLE.get(name, "Lunch") for name in needed if name not in ("ctx", "context", "self")}


@pytest.mark.parametrize("name", sorted(_tools()))
def test_a_tool_ends_in_time_when_what_it_asks_hangs(name: str) -> None:
    async def use() -> tuple[float, str]:
        tool, began = _tools()[name], asyncio.get_running_loop().time()
        request = FunctionCall(name=name, arguments="{}", call_id="1")
        session = cast("Any", SimpleNamespace(_global_run_state=None))
        context: RunContext[Any] = RunContext(
            session=session, speech_handle=SpeechHandle.create(), function_call=request
        )
        args, kwargs = prepare_function_arguments(fnc=tool, json_arguments=_arguments(tool), call_ctx=context)
        try:
            answer = str(await tool(*args, **kwargs))
        except ToolError as error:
            answer = error.message
        return asyncio.get_running_loop().time() - began, answer

    took_s, answer = run(use)
    assert took_s <= TIME_LIMIT_S + 0.1
    assert answer


def test_a_tool_may_have_its_own_limit() -> None:
    async def use() -> float:
        began = asyncio.get_running_loop().time()
        with pytest.raises(ToolError, match="The archive is not answering"):
            async with answering("The archive", limit_s=20.0):
                await asyncio.sleep(3600)
        return asyncio.get_running_loop().time() - began

    assert run(use) == pytest.approx(20.0, abs=0.1)


def test_a_bug_in_a_tool_is_told_in_a_sentence_and_not_in_its_own_words() -> None:
    async def use() -> None:
        async with answering("The calendar"):
            raise KeyError("internal detail")

    with pytest.raises(ToolError) as caught:
        run(use)
    assert "The calendar" in caught.value.message
    assert "internal detail" not in caught.value.message
