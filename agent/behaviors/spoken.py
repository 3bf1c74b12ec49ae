"""The assistant's last words as they are heard: what it just asked, and what an echo would repeat."""

from __future__ import annotations

from typing import Final

from livekit.agents.voice import io

_REMEMBERED: Final = 400  # characters


class Spoken(io.TextOutput):
    """The assistant's words as they are heard; give it to the room as ``TextOutputOptions(next_in_chain=...)``."""

    def __init__(self) -> None:
        super().__init__(label="spoken", next_in_chain=None)
        self.text = ""
        self._said = False

    async def capture_text(self, text: str) -> None:
        self.text = (text if self._said else self.text + text)[-_REMEMBERED:]
        self._said = False

    def flush(self) -> None:
        self._said = True
