"""The page: files of the web build, and the owner's session for the browser on this machine.

Serves only files that exist inside the build's directory, and the page itself at the addresses of its own views.
"""

from __future__ import annotations

import asyncio
import mimetypes
import re
from pathlib import Path

from aiohttp import web

from ingest.cookies import sign_in_owner
from ingest.keys import SETTINGS
from store.errors import NotFound

_NOTHING = "There is nothing at this address. `GET /api/openapi.json` lists every route."
_FOR_EVER = "public, max-age=31536000, immutable"
_VIEWS = re.compile(  # as in web/src/app/App.tsx
    r"(welcome|reset-password|widget|documents|calendar|settings(/[^/]+)?|(conversations|personas)(/[^/]+)?)?"
)
_NOT_BUILT = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>VoiceLoop</title><h1>VoiceLoop is running</h1>"
    "<p>The page has not been built. Start with <code>voiceloop up</code>, or see "
    '<a href="/api/docs">the HTTP interface</a>.'
)


async def serve_page(request: web.Request) -> web.StreamResponse:
    """A file of the build, or the page."""
    path = request.match_info.get("path", "")
    if path == "api" or path.startswith("api/"):
        raise NotFound(_NOTHING)
    root = request.app[SETTINGS].web
    found = _inside(root, path)
    if found is not None and found.name != "index.html":
        headers = {"Cache-Control": _FOR_EVER if path.startswith("assets/") else "no-cache"}
        content_type = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        return web.FileResponse(found, headers={**headers, "Content-Type": content_type})
    if path != "index.html" and not _VIEWS.fullmatch(path):
        raise NotFound(_NOTHING)
    return await _index(request, root / "index.html")


async def _index(request: web.Request, index: Path) -> web.StreamResponse:
    text = await asyncio.to_thread(_read, index)
    response = web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})
    await sign_in_owner(request, response)
    return response


def _read(index: Path) -> str:
    return index.read_text("utf-8") if index.is_file() else _NOT_BUILT


def _inside(root: Path, path: str) -> Path | None:
    if not path or "\0" in path:
        return None
    try:
        candidate = (root / path).resolve()
        return candidate if candidate.is_relative_to(root.resolve()) and candidate.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None
