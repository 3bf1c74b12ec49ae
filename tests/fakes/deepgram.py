"""A Deepgram that runs on loopback: /v1/listen (WebSocket and POST) and /v1/speak (WebSocket and POST).

It says what the test tells it to. Whatever passes either way is checked against Deepgram's AsyncAPI document when
that lies beside the checkout; violations are kept in `violations`, which a test should find empty.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.deepgram_schema import listen_problems, message_problems, query_problems

REQUEST_ID = "00000000-0000-4000-8000-000000000001"
MODEL_INFO = {"name": "general", "version": "2025-01-01.0", "arch": "nova-3"}
TONE = b"\x00\x20\x00\xe0" * 2400  # 0.2 s at 24 kHz, loud enough to be no silence


class FakeDeepgram:
    """`transcript` is heard in any audio; `refuse` answers 401 to everything from then on."""

    def __init__(self, transcript: str = "what time is breakfast") -> None:
        self.transcript = transcript
        self.refuse = False
        self.audio_bytes = 0
        self.spoken: list[str] = []
        self.queries: list[dict[str, str]] = []
        self.violations: list[str] = []
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeDeepgram]:
        app = web.Application(client_max_size=64 * 2**20)
        app.add_routes(
            [
                web.get("/v1/listen", self._listen),
                web.post("/v1/listen", self._recognise),
                web.get("/v1/speak", self._speak),
                web.post("/v1/speak", self._synthesise),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield self
        finally:
            await runner.cleanup()

    def _admit(self, request: web.Request) -> None:
        if self.refuse or not request.headers.get("Authorization", "").startswith("Token "):
            raise web.HTTPUnauthorized(text=json.dumps({"err_code": "INVALID_AUTH", "err_msg": "Invalid credentials."}))
        self.queries.append(dict(request.query))

    # ---------------------------------------------------------------- hearing

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        self._admit(request)
        self.violations += query_problems("/v1/listen", request.query)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        heard = 0
        async for message in socket:
            if message.type == WSMsgType.BINARY:
                if heard == 0:
                    await self._tell(socket, {"type": "SpeechStarted", "channel": [0, 1], "timestamp": 0.0})
                heard += len(message.data)
                self.audio_bytes += len(message.data)
                if heard >= 16_000 > heard - len(message.data):
                    await self._tell(socket, self._results(self.transcript.rsplit(" ", 1)[0], final=False))
            elif message.type == WSMsgType.TEXT:
                command = json.loads(message.data)
                self.violations += message_problems("listen.v1-client", command)
                if command["type"] == "Finalize" and heard:
                    await self._tell(socket, self._results(self.transcript, final=True))
                    heard = 0
                elif command["type"] == "CloseStream":
                    await self._tell(socket, self._metadata())
                    break
        return socket

    async def _tell(self, socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        self.violations += message_problems("listen.v1-server", message)
        await socket.send_json(message)

    def _results(self, text: str, *, final: bool) -> dict[str, Any]:
        return {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": 1.0,
            "start": 0.0,
            "is_final": final,
            "speech_final": final,
            "from_finalize": final,
            "channel": {"alternatives": [_alternative(text)]},
            "metadata": {"request_id": REQUEST_ID, "model_info": MODEL_INFO, "model_uuid": REQUEST_ID},
        }

    def _metadata(self) -> dict[str, Any]:
        return {
            "type": "Metadata",
            "transaction_key": "deprecated",
            "request_id": REQUEST_ID,
            "sha256": "0" * 64,
            "created": "2026-11-21T10:00:00.000Z",
            "duration": 1.0,
            "channels": 1,
        }

    async def _recognise(self, request: web.Request) -> web.Response:
        self._admit(request)
        self.audio_bytes += len(await request.read())
        channel = {"alternatives": [_alternative(self.transcript)], "detected_language": "en"}
        results: dict[str, Any] = {"channels": [channel]}
        answer = {"metadata": self._recorded(), "results": results}
        if request.query.get("utterances") == "true":
            results["utterances"] = [
                {"start": start, "end": start + 1.5, "confidence": 0.9, "channel": 0, "transcript": text}
                for start, text in zip(range(0, 600, 2), self.transcript.split("|"), strict=False)
            ]
            self.violations += listen_problems(request.query, answer)
        return web.json_response(answer)

    def _recorded(self) -> dict[str, Any]:
        model = {"name": "general", "version": "2025-01-01.0", "arch": "nova-3"}
        moment = "2026-11-21T10:00:00.000Z"
        told = {"request_id": REQUEST_ID, "sha256": "0" * 64, "created": moment, "duration": 1.0, "channels": 1}
        return {**told, "transaction_key": "deprecated", "models": [REQUEST_ID], "model_info": {REQUEST_ID: model}}

    # ---------------------------------------------------------------- speaking

    async def _speak(self, request: web.Request) -> web.WebSocketResponse:
        self._admit(request)
        self.violations += query_problems("/v1/speak", request.query)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        words: list[str] = []
        async for message in socket:
            if message.type != WSMsgType.TEXT:
                break
            command = json.loads(message.data)
            self.violations += message_problems("speak.v1-client", command)
            if command["type"] == "Speak":
                words.append(command["text"])
            elif command["type"] == "Flush" and words:
                self.spoken.append("".join(words))
                words = []
                await socket.send_bytes(TONE * 2)
                flushed = {"type": "Flushed", "sequence_id": 0}
                self.violations += message_problems("speak.v1-server", flushed)
                await socket.send_json(flushed)
            elif command["type"] == "Close":
                break
        return socket

    async def _synthesise(self, request: web.Request) -> web.Response:
        self._admit(request)
        self.spoken.append((await request.json())["text"])
        return web.Response(body=TONE * 2, content_type="audio/raw")


def _alternative(text: str) -> dict[str, Any]:
    words = [
        {"word": word, "start": 0.1 * index, "end": 0.1 * index + 0.1, "confidence": 0.9}
        for index, word in enumerate(text.split())
    ]
    return {"transcript": text, "confidence": 0.95, "words": words}
