"""The calendar in words for a model: function tools over the calendar's services, writes in two steps.

A write called first checks and reads back; only the same call again, confirmed, in a later turn of the caller changes
anything. No rules here: what may be booked is decided in ``service.py``. To add a tool: a method in ``looking.py`` or
``changing.py``.
"""

from __future__ import annotations

import asyncio

from livekit.agents.llm import Toolset

from tools.calendars.toolset.changing import ChangingTools
from tools.calendars.toolset.looking import LookingTools
from tools.call import CallContext

__all__ = ["CalendarToolset"]


class CalendarToolset(LookingTools, ChangingTools, Toolset):
    """The tools of one call."""

    def __init__(self, call: CallContext) -> None:
        self._use(call)
        Toolset.__init__(self, id="calendar")

    async def aclose(self) -> None:
        """Give back a time that is held for a caller who is gone."""
        self._call.withdraw()
        await asyncio.gather(*self._releasing)
        await super().aclose()
