"""Taking values down with care, as function tools: each tells what to say, and what to do when the caller answered.

No rules here (`rules`), no words of the caller's (`service` takes them from the call). To add a kind: a method.
"""

from __future__ import annotations

from typing import Any

from livekit.agents import RunContext, function_tool
from livekit.agents.llm import Toolset

from tools.boundary import Text, answering, given, require_said
from tools.call import CallContext
from tools.capture.model import Kind, Step
from tools.capture.outcome import result_of

_WHAT = "Taking that down"


class CaptureToolset(Toolset):
    """The tools of one call, over its ``captures``: whoever writes asks those what was confirmed."""

    def __init__(self, call: CallContext) -> None:
        self._call = call
        super().__init__(id="capture")

    @function_tool
    async def capture_name(self, ctx: RunContext[Any], said: Text = "") -> str:
        """Take down a person's name with care: it is read back, and spelled when it was wrong. Use it before a name is
        written anywhere.

        Args:
            said: The name as the caller said it, letters they spelled included; empty to ask for it.
        """
        return await self._begin(Kind.NAME, said)

    @function_tool
    async def capture_email(self, ctx: RunContext[Any], said: Text = "") -> str:
        """Take down an e-mail address with care: it is read back before it counts.

        Args:
            said: The address as the caller said it ("anna dot smith at gmail dot com"); empty to ask for it.
        """
        return await self._begin(Kind.EMAIL, said)

    @function_tool
    async def capture_phone(self, ctx: RunContext[Any], said: Text = "") -> str:
        """Take down a telephone number with care: it is read back in groups before it counts.

        Args:
            said: The number as the caller said it ("oh one seven, double five ..."); empty to ask for it.
        """
        return await self._begin(Kind.PHONE, said)

    @function_tool
    async def capture_date(self, ctx: RunContext[Any], said: Text = "") -> str:
        """Take down a day with care, such as a date of birth or of arrival; not for booking, which reads back itself.

        Args:
            said: The day as the caller said it ("the third of March"), or "YYYY-MM-DD"; empty to ask for it.
        """
        return await self._begin(Kind.DATE, said)

    @function_tool
    async def capture_amount(self, ctx: RunContext[Any], said: Text = "") -> str:
        """Take down an amount of money with care: it is read back before it counts.

        Args:
            said: The amount as the caller said it ("twelve euros fifty"); empty to ask for it.
        """
        return await self._begin(Kind.AMOUNT, said)

    @function_tool
    async def capture_answer(self, ctx: RunContext[Any]) -> str:
        """Call this right after the caller answered a read-back or spelled something: a yes, a no, or what is different
        ("no, with a k"). It hears the answer itself and says what to do next."""
        async with answering(_WHAT):
            return self._told(self._call.captures.answer())

    async def _begin(self, kind: Kind, said: str) -> str:
        async with answering(_WHAT):
            words = given(said)
            require_said(self._call.words, (words,))
            return self._told(self._call.captures.begin(kind, words))

    def _told(self, step: Step) -> str:
        return result_of(step, self._call.today())
