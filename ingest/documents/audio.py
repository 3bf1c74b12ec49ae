"""A recording as a document: pages of about five minutes, a region of seconds for every sentence.

Decoding, cutting and hearing live in ``sound/``; here they meet. Memory holds one piece of a few minutes at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.documents.model import BadDocument, Extracted, Finding, Limits
from ingest.documents.sound.choosing import SpeechSettings, transcribers
from ingest.documents.sound.cutting import PIECE_S, phrases, piece_end
from ingest.documents.sound.said import BYTES_A_SECOND, Said, Transcriber
from ingest.documents.sound.source import About, Recording, opened
from store.errors import Unavailable
from store.pages import Page, Region

PAGE_S = 300.0
PARAGRAPH_PAUSE_S = 1.5
_SILENT = "Nobody is heard speaking in this recording. Only speech can be found and said."
_NO_WORDS = "No words could be made out in this recording. Upload one with clear speech."


@dataclass
class _Ears:
    """The transcribers in order; one that fails is not asked again for this recording."""

    left: list[Transcriber]
    used: list[str] = field(default_factory=list[str])
    failed: list[str] = field(default_factory=list[str])

    async def hear(self, pcm: bytes) -> list[Said]:
        while True:
            try:
                heard = await self.left[0].hear(pcm)
            except Unavailable:
                if len(self.left) == 1:
                    raise
                lost = self.left.pop(0)
                self.failed.append(lost.name)
                await lost.aclose()
            else:
                if self.left[0].name not in self.used:
                    self.used.append(self.left[0].name)
                return heard


async def transcribe(
    content: bytes,
    limits: Limits,
    speech: SpeechSettings | Sequence[Transcriber],
    progress: Callable[[float], None] | None = None,
) -> Extracted:
    """The words of a recording. ``progress`` gets the share (0-1) that was heard.

    Raises BadDocument (broken_file, video, no_sound, odd_rate, too_long, no_speech), Unavailable when none of the
    transcribers answers, SettingsError.
    """
    members = transcribers(speech) if isinstance(speech, SpeechSettings) else list(speech)
    ears, said = _Ears(list(members)), list[Said]()
    try:
        async with opened(content, limits) as recording:
            length, voices = 0.0, False
            async for pcm in _pieces(recording):
                if await asyncio.to_thread(phrases, pcm):
                    voices = True
                    heard = await ears.hear(pcm)
                    said += (replace(one, from_s=one.from_s + length, to_s=one.to_s + length) for one in heard)
                length += len(pcm) / BYTES_A_SECOND
                if progress is not None:
                    progress(min(1.0, length / max(recording.about.duration_s, length)))
            damaged, about = recording.damaged, recording.about
    finally:
        for one in members:
            await one.aclose()
    if not said:
        raise BadDocument(_NO_WORDS if voices else _SILENT, code="no_speech")
    findings = (*_findings(about, length, damaged), *_fallbacks(ears))
    return Extracted(pages_of(said), about.title, "recording", metadata=_metadata(about, length), findings=findings)


async def _pieces(recording: Recording) -> AsyncIterator[bytes]:
    rest = bytearray()
    most = int(PIECE_S * BYTES_A_SECOND)
    async for samples in recording.samples():
        rest += samples
        while len(rest) >= most:
            cut = await asyncio.to_thread(piece_end, bytes(rest))
            yield bytes(rest[:cut])
            del rest[:cut]
    if rest:
        yield bytes(rest)


def pages_of(said: Sequence[Said]) -> tuple[Page, ...]:
    """Sentences as pages of about PAGE_S seconds; a pause makes a paragraph."""
    pages: list[Page] = []
    group: list[Said] = []
    for one in said:
        if group and one.from_s // PAGE_S != group[0].from_s // PAGE_S:
            pages.append(_page(group, len(pages) + 1))
            group = []
        group.append(one)
    return (*pages, _page(group, len(pages) + 1))


def _page(group: Sequence[Said], number: int) -> Page:
    text, regions = "", list[Region]()
    for index, one in enumerate(group):
        if index:
            text += "\n\n" if one.from_s - group[index - 1].to_s >= PARAGRAPH_PAUSE_S else " "
        start = len(text)
        text += one.text
        regions.append(Region(start, len(text), seconds=(round(one.from_s, 2), round(one.to_s, 2))))
    label = f"{clock(group[0].from_s)}–{clock(group[-1].to_s)}"
    return Page(number, text, regions=tuple(regions), label=label, recognised=True)


def clock(seconds: float) -> str:
    """83.4 is 1:23; from an hour on 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _metadata(about: About, length: float) -> dict[str, Any]:
    texts = {name: value for name in ("author", "created_at") if (value := getattr(about, name))}
    sound = {"channels": about.channels, "sample_rate": about.sample_rate, "codec": about.codec}
    return {"duration_s": round(length, 1), **sound, **texts}


def _findings(about: About, length: float, damaged: int) -> tuple[Finding, ...]:
    if about.claimed_s > length + max(2.0, 0.1 * length):
        text = f"It says it lasts {clock(about.claimed_s)}, but ends after {clock(length)}; the rest may be missing."
        return (Finding("truncated", "warning", text),)
    if damaged:
        return (Finding("damaged_sound", "warning", "Parts of the recording are damaged; words may be missing."),)
    return ()


def _fallbacks(ears: _Ears) -> tuple[Finding, ...]:
    text = f"Transcribed by {' and '.join(ears.used)}. Names and numbers may be misheard; compare them."
    if not ears.failed:
        return (Finding("recognised", "info", text),)
    lost = " and ".join(ears.failed)
    return (Finding("transcribed_by_fallback", "warning", f"{lost} did not answer. {text}"),)
