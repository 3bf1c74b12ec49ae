"""OpenAI's `POST /v1/embeddings` on loopback, in a thread of its own: the client that is tested blocks.

Vectors follow from the words, so that texts with the same words are near each other. Requests are checked against
OpenAI's OpenAPI document as in ``openai.py``; violations are kept.
"""

from __future__ import annotations

import base64
import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from tests.fakes.openai_schema import body_problems


class FakeEmbeddings:
    """``answer`` replaces what is sent back: a (status, body) pair, or None for vectors of ``dimensions``."""

    def __init__(self, dimensions: int = 768) -> None:
        self.dimensions = dimensions
        self.requests: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.answer: tuple[int, bytes] | None = None
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[FakeEmbeddings]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def respond(self, body: dict[str, Any]) -> tuple[int, bytes]:
        self.requests.append(body)
        self.violations += body_problems("CreateEmbeddingRequest", body)
        if self.answer is not None:
            return self.answer
        width = body.get("dimensions", self.dimensions)
        data = [
            {"object": "embedding", "index": index, "embedding": _encoded(_vector(text, width), body)}
            for index, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "data": data[::-1], "model": body["model"], "usage": usage}
        return 200, json.dumps(answer).encode()


def _vector(text: str, width: int) -> np.ndarray:
    vector = np.full(width, 0.01, dtype=np.float32)
    for word in text.lower().split():
        vector[zlib.crc32(word.encode()) % width] += 3.0
    return vector


def _encoded(vector: np.ndarray, body: dict[str, Any]) -> str | list[float]:
    if body.get("encoding_format") == "base64":
        return base64.b64encode(vector.tobytes()).decode()
    return [float(one) for one in vector]


def _handler(fake: FakeEmbeddings) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            authorised = self.headers.get("Authorization", "").startswith("Bearer ")
            found = self.path == "/v1/embeddings"
            status, answer = fake.respond(body) if authorised and found else (401 if found else 404, b"{}")
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests read no access log."""

    return Handler
