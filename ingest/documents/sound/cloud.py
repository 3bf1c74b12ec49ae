"""OpenAI and Deepgram as transcribers: a piece goes out as WAV, sentences with their seconds come back.

What they answer is checked field by field; keys never show in an error.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any

import aiohttp
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.documents.sound.said import BYTES_A_SECOND, Said, sentences, wav_of
from store.errors import Unavailable

OPENAI_URL, DEEPGRAM_URL = "https://api.openai.com/v1", "https://api.deepgram.com"
OPENAI_MODEL, DEEPGRAM_MODEL = "whisper-1", "nova-3"  # of OpenAI's models the one that tells the seconds
_MOST_ANSWER = 16 * 1024 * 1024
_ATTEMPTS = 2
_AGAIN = {408, 409, 429, 500, 502, 503, 504}


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Segment(_Values):
    text: str
    start: float
    end: float


class _Verbose(_Values):
    text: str
    segments: list[_Segment] | None = None


class _Utterance(_Values):
    transcript: str
    start: float
    end: float


class _Results(_Values):
    utterances: list[_Utterance] | None = None


class _Heard(_Values):
    results: _Results


class _Cloud:
    """One session for all pieces of a recording. ``pause_s`` lies between two attempts."""

    def __init__(self, url: str, key: str, *, pause_s: float = 1.0) -> None:
        self._url = url
        self._key = key
        self._pause_s = pause_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def name(self) -> str:
        raise NotImplementedError

    async def aclose(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _request(self, wav: bytes) -> dict[str, Any]:
        """The arguments of the POST."""
        raise NotImplementedError

    async def _ask(self, pcm: bytes) -> bytes:
        """The body of the answer. Raises Unavailable, at once when asking again makes no sense."""
        seconds = len(pcm) / BYTES_A_SECOND
        self._session = self._session or aiohttp.ClientSession()
        problem = "it did not answer"
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(self._pause_s)
            try:
                request = self._request(wav_of(pcm))
                async with (
                    asyncio.timeout(60 + seconds),
                    self._session.post(**request, allow_redirects=False) as response,
                ):
                    if response.status == 200:
                        return await _body(response)
                    problem = f"it answered {response.status}"
                    if response.status not in _AGAIN:
                        break
            except (aiohttp.ClientError, TimeoutError, OSError):
                problem = "it did not answer"
        raise Unavailable(f"The recording could not be transcribed by {self.name}: {problem}.", code="no_transcript")


class OpenAITranscriber(_Cloud):
    """``url`` ends in /v1; servers that speak the same protocol do as well."""

    @property
    def name(self) -> str:
        return "openai"

    def _request(self, wav: bytes) -> dict[str, Any]:
        form = aiohttp.FormData()
        form.add_field("model", OPENAI_MODEL)
        form.add_field("response_format", "verbose_json")
        form.add_field("timestamp_granularities[]", "segment")
        form.add_field("file", io.BytesIO(wav), filename="recording.wav", content_type="audio/wav")
        headers = {"Authorization": f"Bearer {self._key or 'none'}"}
        return {"url": f"{self._url}/audio/transcriptions", "data": form, "headers": headers}

    async def hear(self, pcm: bytes) -> list[Said]:
        try:
            answer = _Verbose.model_validate_json(await self._ask(pcm))
        except ValidationError as error:
            raise _nonsense(self.name) from error
        parts = [(one.text, one.start, one.end) for one in answer.segments or ()]
        return _within(parts or [(answer.text, 0.0, len(pcm) / BYTES_A_SECOND)], pcm)


class DeepgramTranscriber(_Cloud):
    """``url`` without a path."""

    @property
    def name(self) -> str:
        return "deepgram"

    def _request(self, wav: bytes) -> dict[str, Any]:
        switches = ("smart_format", "punctuate", "utterances", "detect_language", "mip_opt_out")
        query = {"model": DEEPGRAM_MODEL, **dict.fromkeys(switches, "true")}
        headers = {"Authorization": f"Token {self._key}", "Content-Type": "audio/wav"}
        return {"url": f"{self._url}/v1/listen", "params": query, "data": io.BytesIO(wav), "headers": headers}

    async def hear(self, pcm: bytes) -> list[Said]:
        try:
            answer = _Heard.model_validate_json(await self._ask(pcm))
        except ValidationError as error:
            raise _nonsense(self.name) from error
        return _within([(one.transcript, one.start, one.end) for one in answer.results.utterances or ()], pcm)


def _within(parts: list[tuple[str, float, float]], pcm: bytes) -> list[Said]:
    """Sentences in order, none outside of what was sent."""
    last = len(pcm) / BYTES_A_SECOND
    bounded = [Said(text, min(max(0.0, start), last), min(max(start, end, 0.0), last)) for text, start, end in parts]
    return [one for said in sorted(bounded, key=lambda one: one.from_s) for one in sentences(said)]


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > _MOST_ANSWER:
            raise aiohttp.ClientPayloadError("more than is taken")
    return bytes(body)


def _nonsense(name: str) -> Unavailable:
    return Unavailable(f"The recording could not be transcribed by {name}: its answer is no transcript.")
