"""Persona, context and date become the prompt. The changing part comes last, so that the long part can be cached.

All authored language lies in ``prompts/*.md``; nothing is written here but the frame.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

from livekit.agents.llm.chat_context import Instructions

from agent.hours import describe_hours
from store.clock import Clock
from store.personas import Persona

_DAYS_AHEAD = 10


def build_instructions(persona: Persona, *, clock: Clock, timezone: ZoneInfo) -> Instructions:
    """The system prompt: the persona's own prompt, the rules of voice and tools, the date, whether it is open."""
    rules = [_prompt("voice"), *([_prompt("capture")] if "capture" in persona.toolsets else [])]
    now = clock.now().astimezone(timezone)
    return Instructions(
        "\n\n".join((f"You are {persona.name}.", persona.prompt, *rules)),
        dynamic=" ".join(filter(None, (_today(now), describe_hours(persona.business_hours, now)))),
    )


def _prompt(name: str) -> str:
    return (resources.files("agent") / "prompts" / f"{name}.md").read_text("utf-8")


def _today(now: datetime) -> str:
    days = ", ".join(f"{now + timedelta(days=n):%A %Y-%m-%d}" for n in range(1, _DAYS_AHEAD + 1))
    return f"It is now {now:%A, %Y-%m-%d %H:%M} ({now.tzinfo}). The next days: {days}."
