"""`GET /health/openai`, asked of a server on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

KEY = "sk-test-of-the-sidecar"


@pytest.fixture
async def openai_url() -> AsyncIterator[str]:
    async def models(request: web.Request) -> web.Response:
        if request.match_info["version"] == "broken":
            return web.Response(status=500)
        known = request.headers.get("Authorization") == f"Bearer {KEY}"
        return web.json_response({"data": []}, status=200 if known else 401)

    app = web.Application()
    app.router.add_get("/{version}/models", models)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("key", "path", "status", "code"),
    [
        (KEY, "/v1", 200, None),
        (KEY, "/v1/", 200, None),
        ("sk-wrong", "/v1", 503, "openai_refused"),
        ("sk\nwrong", "/v1", 503, "openai_unreachable"),
        (KEY, "/nothing/here", 503, "openai_refused"),
        (KEY, "/broken", 503, "openai_unreachable"),
        (KEY, None, 503, "openai_unreachable"),
        ("", None, 503, "openai_not_configured"),
    ],
)
async def test_the_key_is_tried(
    client: aiohttp.ClientSession,
    openai_url: str,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    path: str | None,
    status: int,
    code: str | None,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    nowhere = "http://127.0.0.1:9" if key else ""
    monkeypatch.setenv("OPENAI_BASE_URL", nowhere if path is None else openai_url + path)
    async with client.get("/health/openai") as response:
        text, answer = await response.text(), await response.json()
    assert (response.status, answer.get("code")) == (status, code)
    assert not key or key not in text
    if status == 200:
        assert answer == {"status": "ok"}
