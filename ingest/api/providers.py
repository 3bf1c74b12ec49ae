"""Which providers of speech and language are configured, by name only; of a key only whether it is there."""

from __future__ import annotations

import os

from aiohttp import web

from ingest.routes import Routes, Shape

routes = Routes("Providers")
_CLOUD = {  # kind -> (name, the variable that switches it on), in the order they are preferred
    "stt": (("deepgram", "DEEPGRAM_API_KEY"), ("openai", "OPENAI_API_KEY")),
    "llm": (("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY")),
    "tts": (("deepgram", "DEEPGRAM_API_KEY"), ("openai", "OPENAI_API_KEY")),
}
_LOCAL = {"stt": "moonshine", "llm": "offline", "tts": "piper"}


class Provider(Shape):
    kind: str
    name: str
    local: bool


class ProviderList(Shape):
    """In the order of preference: the first of a kind is used, the next when it fails."""

    items: list[Provider]
    next_cursor: str | None = None


@routes.add("GET", "/api/providers", answer=ProviderList)
async def list_providers(request: web.Request) -> ProviderList:
    """The providers configured for speech recognition, language and speech, in their fallback order."""
    del request
    items: list[Provider] = []
    for kind, local in _LOCAL.items():
        chosen = os.environ.get(f"VOICELOOP_{kind.upper()}", "")
        names = [name.strip() for name in chosen.split(",") if name.strip()]
        if not names:
            names = [*(name for name, variable in _CLOUD[kind] if os.environ.get(variable)), local]
        items += [Provider(kind=kind, name=name, local=name == local) for name in names]
    return ProviderList(items=items)
