"""A persona's longest call: one minute before its end the assistant says so, at its end it says goodbye and hangs up.

The minutes are the persona's ``limits.call_minutes``; without them a call may last as long as it likes.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from livekit.agents import AgentSession

from agent import errors
from agent.behaviors.watchdog import Watchdog
from store.log import get_logger
from store.personas import Persona

log = get_logger(__name__)
_MINUTE_S = 60.0
_GOODBYE_S = 30.0  # for what is being said and the goodbye after it; then the call ends in any case


def attach(
    stack: AsyncExitStack,
    session: AgentSession[Any],
    persona: Persona,
    guard: Watchdog,
    *,
    minute_s: float = _MINUTE_S,
) -> None:
    """Watches the time from now until the call's stack closes; ``minute_s``: seconds in a minute."""
    minutes = persona.limits.get("call_minutes")
    if not minutes:
        return
    task = asyncio.create_task(_end_in_time(session, guard, minutes, minute_s), name="call_limit")
    stack.callback(task.cancel)
    session.on("close", lambda _: task.cancel())


async def _end_in_time(session: AgentSession[Any], guard: Watchdog, minutes: int, minute_s: float) -> None:
    await asyncio.sleep((minutes - 1) * minute_s)
    guard.say(errors.ONE_MINUTE_LEFT)
    await asyncio.sleep(minute_s)
    log.info("the call has lasted as long as its persona allows", minutes=minutes)
    await _say_goodbye(guard)
    session.shutdown(drain=False)


async def _say_goodbye(guard: Watchdog) -> None:
    try:
        async with asyncio.timeout(_GOODBYE_S):
            if (goodbye := guard.say(errors.TIME_IS_UP, allow_interruptions=False)) is not None:
                await goodbye
    except TimeoutError:
        log.warning("the goodbye at the end of the time was not said in time")
