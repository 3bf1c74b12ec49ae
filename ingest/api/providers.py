"""Which providers of speech and language answer calls now: what the ready workers say of themselves, by name only."""

from __future__ import annotations

from collections import Counter

from aiohttp import web
from pydantic import Field

from ingest.keys import DATABASE
from ingest.routes import Routes, Shape
from store import workers

routes = Routes("Providers")


class Provider(Shape):
    kind: str = Field(description="`stt`, `llm` or `tts`")
    name: str
    workers: int = Field(description="Ready workers that use it")


class ProviderList(Shape):
    """In the order of preference: the first of a kind is used, the next when it fails."""

    items: list[Provider]
    workers: int = Field(description="Ready workers; without any the list is empty")
    next_cursor: str | None = None


@routes.add("GET", "/api/providers", answer=ProviderList)
async def list_providers(request: web.Request) -> ProviderList:
    """The providers that the ready workers use for speech recognition, language and speech, in fallback order."""
    choices = await workers.ready_providers(request.app[DATABASE])
    items: list[Provider] = []
    for stage in workers.STAGES:
        used = Counter(name for choice in choices for name in dict.fromkeys(choice[stage]))  # keeps the order
        items += [Provider(kind=stage, name=name, workers=count) for name, count in used.items()]
    return ProviderList(items=items, workers=len(choices))
