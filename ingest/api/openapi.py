"""The description of this interface, as OpenAPI and as a page that asks nothing of any other server."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from importlib import metadata

from aiohttp import web

from ingest.keys import ROUTES
from ingest.openapi import describe
from ingest.routes import Route, Routes

routes = Routes("Description")
_STYLE_PATH = "/api/docs/style.css"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "code{font-family:ui-monospace,monospace}summary{cursor:pointer;padding:.35rem 0}"
    "b{display:inline-block;width:4.5rem}"
    "pre{overflow:auto;padding:.75rem;border:1px solid #8884;border-radius:.5rem}"
)


@routes.add("GET", "/api/openapi.json", scope=None, answer="application/json")
async def read_openapi(request: web.Request) -> web.Response:
    """Every route of this interface as OpenAPI 3.1."""
    return web.json_response(describe(request.app[ROUTES], version=metadata.version("voiceloop")))


@routes.add("GET", "/api/docs", scope=None, answer="text/html")
async def show_docs(request: web.Request) -> web.Response:
    """The same for people, as one page."""
    document = describe(request.app[ROUTES], version=metadata.version("voiceloop"))
    schemas = document["components"]["schemas"]
    sections = "".join(_entry(route, schemas) for route in request.app[ROUTES])
    text = (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>VoiceLoop HTTP interface</title><link rel=stylesheet href={_STYLE_PATH}>"
        "<h1>VoiceLoop HTTP interface</h1>"
        "<p>Send <code>Authorization: Bearer KEY</code>. Errors are RFC 9457 problem details with <code>code</code> "
        "and <code>request_id</code>. Lists take <code>limit</code> and <code>cursor</code>. Machine-readable: "
        f"<a href='/api/openapi.json'>openapi.json</a>.</p>{sections}"
    )
    return web.Response(text=text, content_type="text/html")


@routes.add("GET", _STYLE_PATH, scope=None, answer="text/css")
async def style_docs(request: web.Request) -> web.Response:
    """The look of that page: a file of its own, because styles inside a page are not let run."""
    del request
    return web.Response(text=_STYLE, content_type="text/css")


def _entry(route: Route, schemas: dict[str, object]) -> str:
    parts = [f"<p>{html.escape(route.description)}</p>"]
    need = "Public." if route.scope is None else ""
    if route.scopes:
        need = f"Needs the scope {' or '.join(f'<code>{scope}</code>' for scope in route.scopes)}."
    parts.append(f"<p>{need}</p>")
    models: Sequence[tuple[str, object]] = (("Query", route.query), ("Body", route.body), ("Answer", route.answer))
    for label, model in models:
        if isinstance(model, type):
            schema = json.dumps(schemas.get(model.__name__, {}), indent=2)
            parts.append(f"<p>{label}</p><pre><code>{html.escape(schema)}</code></pre>")
    head = (
        f"<summary><b>{route.method}</b> <code>{html.escape(route.path)}</code> {html.escape(route.summary)}</summary>"
    )
    return f"<details>{head}{''.join(parts)}</details>"
