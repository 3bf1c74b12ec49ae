"""The yardstick of `bench.api`: aiohttp answering a constant, nothing else. `python -m bench.bare_server PORT`."""

from __future__ import annotations

import sys

from aiohttp import web

ANSWER = '{"items": [], "next_cursor": null}'


async def answer(_request: web.Request) -> web.Response:
    return web.Response(text=ANSWER, content_type="application/json")


def main() -> None:
    app = web.Application()
    app.router.add_get("/bare", answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
