"""While the caller still speaks, the documents are searched for what was understood so far.

The answer to the finished question then only has to be picked up. Nothing waits for it: the service looks for one
wording at a time, in the background, skips those that were overtaken, and gives up when the call's services close.
"""

from __future__ import annotations

from typing import Any

from livekit.agents import AgentSession, UserInputTranscribedEvent

from store.errors import NotAllowed
from tools.call import CallContext

_FEWEST_WORDS = 3
_LONGEST_CHARS = 400


def attach(session: AgentSession[Any], call: CallContext) -> None:
    """Only for personas that look into documents, and for callers who may."""
    if "knowledge" not in call.persona.toolsets:
        return

    def on_words(event: UserInputTranscribedEvent) -> None:
        text = event.transcript.strip()
        if len(text.split()) < _FEWEST_WORDS or len(text) > _LONGEST_CHARS:
            return
        try:
            call.services.knowledge.prefetch(call.identity, text, conversation_id=call.conversation_id)
        except NotAllowed:
            session.off("user_input_transcribed", on_words)

    session.on("user_input_transcribed", on_words)
