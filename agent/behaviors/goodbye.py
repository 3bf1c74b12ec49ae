"""The tool that ends a call: the goodbye is spoken to its end, then the session closes."""

from __future__ import annotations

from typing import Any

from livekit.agents import RunContext, ToolError, function_tool
from livekit.agents.llm import Toolset

from tools.provenance import Provenance
from tools.spoken import result


class GoodbyeToolset(Toolset):
    """One tool, ``end_call``; what happens to the room is decided where the session's close is heard.

    ``words``: of the call; a text that was read since the caller spoke never ends it.
    """

    def __init__(self, words: Provenance) -> None:
        self._words = words
        super().__init__(id="goodbye", tools=[])
        self._tools = [self.end_call]

    @function_tool
    async def end_call(self, context: RunContext[Any], reason: str = "") -> str:
        """Ends the call for good. Call it only when the caller has said goodbye or clearly wants to stop.

        Args:
            reason: why, in two or three words
        """
        del reason
        if self._words.just_read:
            raise ToolError(result("Is there anything else?", "Answer from what you read; only the caller hangs up."))
        context.speech_handle.add_done_callback(
            lambda handle: None if handle.interrupted else context.session.shutdown(drain=False)
        )
        return "Goodbye, and thank you for calling. | Say goodbye in one short sentence and nothing else."
