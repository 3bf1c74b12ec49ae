"""An OpenAI that runs on loopback: chat/completions (streaming, tool calls), audio/speech, audio/transcriptions.

It says what the test tells it to. Requests are checked against OpenAI's OpenAPI document when that lies beside the
checkout; violations are kept in `violations`, which a test should find empty.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.openai_schema import body_problems

TONE = b"\x00\x20\x00\xe0" * 4800  # 0.4 s at 24 kHz


@dataclass(frozen=True)
class Call:
    """A tool call the model wants to make."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """What the model says when it will not answer; only without streaming."""

    text: str


class FakeOpenAI:
    """`replies` are given in turn, the last one for ever. `fail_with` answers every request with that status."""

    def __init__(
        self, transcript: str = "What time is breakfast?", replies: list[str | Call | Refusal] | None = None
    ) -> None:
        self.transcript = transcript
        self.replies: list[str | Call | Refusal] = replies or ["Breakfast is from seven to ten."]
        self.fail_with: int | None = None
        self.silent: asyncio.Event | None = None  # set it to an Event, and chats are answered once that is set
        self.chats: list[dict[str, Any]] = []
        self.spoken: list[str] = []
        self.audio_bytes = 0
        self.violations: list[str] = []
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeOpenAI]:
        app = web.Application(client_max_size=32 * 2**20)
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._chat),
                web.post("/v1/audio/speech", self._speech),
                web.post("/v1/audio/transcriptions", self._transcription),
                web.get("/v1/models", self._models),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
            yield self
        finally:
            await runner.cleanup()

    def _admit(self, request: web.Request) -> web.Response | None:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return _error(401, "invalid_api_key")
        return _error(self.fail_with, "server_error") if self.fail_with else None

    async def _models(self, request: web.Request) -> web.Response:
        return self._admit(request) or web.json_response({"object": "list", "data": []})

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        if refusal := self._admit(request):
            return refusal
        body = await request.json()
        self.chats.append(body)
        self.violations += body_problems("CreateChatCompletionRequest", body)
        if self.silent is not None:
            await self.silent.wait()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if not body.get("stream") or isinstance(reply, Refusal):
            return web.json_response(_completion(reply))
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        for delta in _deltas(reply):
            await _send(stream, _chunk([{"index": 0, "delta": delta, "finish_reason": None}]))
        finish = "stop" if isinstance(reply, str) else "tool_calls"
        await _send(stream, _chunk([{"index": 0, "delta": {}, "finish_reason": finish}]))
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        await _send(stream, _chunk([]) | {"usage": usage})
        await stream.write(b"data: [DONE]\n\n")
        return stream

    async def _speech(self, request: web.Request) -> web.StreamResponse:
        if refusal := self._admit(request):
            return refusal
        body = await request.json()
        self.violations += body_problems("CreateSpeechRequest", body)
        self.spoken.append(body["input"])
        if body.get("stream_format") != "sse":
            return web.Response(body=TONE, content_type="audio/pcm")
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        await _send(stream, {"type": "speech.audio.delta", "audio": base64.b64encode(TONE).decode()})
        usage = {"input_tokens": 5, "output_tokens": 10, "total_tokens": 15}
        await _send(stream, {"type": "speech.audio.done", "usage": usage})
        return stream

    async def _transcription(self, request: web.Request) -> web.Response:
        if refusal := self._admit(request):
            return refusal
        fields: dict[str, Any] = {}
        async for part in await request.multipart():
            content = await part.read(decode=False)
            if part.name == "file":
                self.audio_bytes += len(content)
                fields["file"] = part.filename
            elif str(part.name).endswith("[]"):
                fields.setdefault(str(part.name)[:-2], []).append(content.decode())
            else:
                fields[str(part.name)] = content.decode()
        self.violations += body_problems("CreateTranscriptionRequest", fields)
        if fields.get("response_format") != "verbose_json":
            return web.json_response({"text": self.transcript})
        answer = _verbose(self.transcript.split("|"))
        self.violations += body_problems("CreateTranscriptionResponseVerboseJson", answer)
        return web.json_response(answer)


def _completion(reply: str | Call | Refusal) -> dict[str, Any]:
    """The whole answer at once, as it comes without streaming."""
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    finish = "stop"
    if isinstance(reply, str):
        message["content"] = reply
    elif isinstance(reply, Refusal):
        message["refusal"] = reply.text
    else:
        call = {"name": reply.name, "arguments": json.dumps(reply.arguments)}
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": call}]
        finish = "tool_calls"
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def _verbose(sentences: list[str]) -> dict[str, Any]:
    """Each sentence of a transcript (they are parted by |) takes two seconds."""
    sure = {"seek": 0, "tokens": [1], "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.1}
    segments = [
        {
            "id": number,
            "start": 2.0 * number,
            "end": 2.0 * number + 1.5,
            "text": f" {text}",
            "no_speech_prob": 0.01,
            **sure,
        }
        for number, text in enumerate(sentences)
    ]
    return {
        "task": "transcribe",
        "language": "english",
        "duration": 2.0 * len(sentences),
        "text": " ".join(sentences),
        "segments": segments,
    }


def _deltas(reply: str | Call) -> list[dict[str, Any]]:
    """What the model says in pieces; tool arguments come cut in two, as they do in life."""
    if isinstance(reply, str):
        return [{"role": "assistant", "content": word + " "} for word in reply.split()]
    arguments = json.dumps(reply.arguments)
    half = len(arguments) // 2
    head = {
        "index": 0,
        "id": "call_1",
        "type": "function",
        "function": {"name": reply.name, "arguments": arguments[:half]},
    }
    tail = {"index": 0, "function": {"arguments": arguments[half:]}}
    return [{"role": "assistant", "tool_calls": [head]}, {"tool_calls": [tail]}]


def _chunk(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": choices}


async def _send(stream: web.StreamResponse, event: dict[str, Any]) -> None:
    await stream.write(f"data: {json.dumps(event)}\n\n".encode())


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"message": code, "type": code, "code": code, "param": None}}, status=status)
