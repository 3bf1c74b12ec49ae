"""A model that answers from ``answers.py`` after a fixed time, behind OpenAI's HTTP interface on loopback.

`with stub_llm(delay_s) as url`: streams chat completions word by word, the first after ``delay_s``; no tools.
It runs in a thread of its own so that a busy benchmark does not slow it.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from bench.voice.answers import answer_to

MODEL = "stub"


@contextmanager
def stub_llm(delay_s: float) -> Iterator[str]:
    """Its base URL, with /v1, while the block lasts."""
    ready, loop, found = threading.Event(), asyncio.new_event_loop(), list[str]()
    stop = asyncio.Event()

    async def serve() -> None:
        app = web.Application(client_max_size=32 * 2**20)
        app.router.add_post("/v1/chat/completions", lambda request: _chat(request, delay_s))
        app.router.add_get("/v1/models", _models)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.append(f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("The stub of a model did not start.")
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)
        loop.close()


async def _models(_: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "bench"}]})


async def _chat(request: web.Request, delay_s: float) -> web.StreamResponse:
    body = await request.json()
    answer = answer_to(last_words(body["messages"]))
    if not body.get("stream"):
        await asyncio.sleep(delay_s)
        message = {"role": "assistant", "content": answer}
        return web.json_response(_part([{"index": 0, "message": message, "finish_reason": "stop"}]))
    stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await stream.prepare(request)
    await asyncio.sleep(delay_s)
    for word in re.findall(r"\S+\s*", answer):
        await _send(stream, _part([{"index": 0, "delta": {"role": "assistant", "content": word}}]))
    await _send(stream, _part([{"index": 0, "delta": {}, "finish_reason": "stop"}]))
    await _send(stream, _part([]) | {"usage": {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}})
    await stream.write(b"data: [DONE]\n\n")
    return stream


def last_words(messages: list[dict[str, Any]]) -> str:
    """What the caller said last; content may be text or parts."""
    for message in reversed(messages):
        if message["role"] == "user":
            content = message["content"]
            return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
    return ""


def _part(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "stub", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": choices}


async def _send(stream: web.StreamResponse, part: dict[str, Any]) -> None:
    await stream.write(f"data: {json.dumps(part)}\n\n".encode())
