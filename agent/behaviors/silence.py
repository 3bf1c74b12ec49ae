"""A caller who says nothing is asked once, and after the same time again the call ends politely."""

from __future__ import annotations

from typing import Any

from livekit.agents import AgentSession, UserStateChangedEvent

from agent import errors
from agent.behaviors.watchdog import Watchdog


def attach(session: AgentSession[Any], watchdog: Watchdog) -> None:
    """Needs ``user_away_timeout`` in the session's options: that is the time waited, twice."""
    asked = False

    def on_user_state(event: UserStateChangedEvent) -> None:
        nonlocal asked
        if event.new_state == "speaking":
            asked = False
        elif event.new_state == "away" and not asked:
            asked = True
            if speech := watchdog.say(errors.STILL_THERE):
                speech.add_done_callback(lambda _: session.reset_away_timer())
        elif event.new_state == "away" and (speech := watchdog.say(errors.NOBODY_THERE, allow_interruptions=True)):
            speech.add_done_callback(lambda handle: None if handle.interrupted else session.shutdown(drain=False))

    session.on("user_state_changed", on_user_state)
