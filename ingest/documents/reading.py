"""A file's bytes to what stands in them: looked for malware, told what it is, read. Value to value; moves no row.

Blocking and untrusted work happens in threads and killable children of the modules called here. Job process only.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from ingest.documents.audio import transcribe
from ingest.documents.children import Children
from ingest.documents.kinds import HEAD_BYTES, type_of_head
from ingest.documents.malware import Scanner
from ingest.documents.model import AUDIO, BadDocument, Extracted, Limits
from ingest.documents.sandbox import extract
from ingest.documents.second_opinion import second_opinion
from ingest.documents.sound.choosing import SpeechSettings

_PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """``inspection``: {types, scanned_by, findings}, as it is kept beside the document."""

    content_type: str
    found: Extracted
    inspection: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Reader:
    """How files are read in this installation; ``speech``: who hears recordings, ``children``: who parses the rest."""

    scanner: Scanner = field(default_factory=Scanner)
    speech: SpeechSettings = field(default_factory=SpeechSettings)
    limits: Limits = field(default_factory=Limits)
    children: Children | None = None

    async def inspect(self, content: bytes, filename: str) -> tuple[str, dict[str, Any]]:
        """The content type of the whole file, and what was looked for. Raises BadDocument, Unavailable."""
        if not content:
            raise BadDocument("The file is empty.", code="empty_file")
        await self.scanner.scan(_pieces(content))
        content_type = await asyncio.to_thread(type_of_head, content[:HEAD_BYTES], filename)
        types = await asyncio.to_thread(second_opinion, content, filename, content_type)
        return content_type, {"types": types, "scanned_by": await self.scanner.scanned_by()}

    async def extract(
        self, content: bytes, content_type: str, inspection: dict[str, Any], progress: Callable[[float], None]
    ) -> Reading:
        """The text with its places. Raises BadDocument, Unavailable when nobody hears a recording."""
        if content_type in AUDIO:
            found = await transcribe(content, self.limits, self.speech, progress)
        else:
            found = await extract(content, content_type, self.limits, progress, children=self.children)
        findings = [asdict(one) for one in found.findings]
        return Reading(content_type, found, {**inspection, "findings": findings})


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PIECE_BYTES):
        yield content[start : start + _PIECE_BYTES]
        await asyncio.sleep(0)  # 25 MB without a break would hold up everything else here
