"""What Google and Microsoft call when a calendar changed. A call says no more than that; the rest is asked for.

Anybody may call: what counts is the secret that only the provider was told, and nobody learns which channels there are.
"""

from __future__ import annotations

import json
from typing import Any, Final

from aiohttp import web

from ingest.keys import DATABASE
from ingest.routes import Routes
from store.errors import Invalid
from tools.calendars.sync.channels import called

routes = Routes("Calendar")
_MOST: Final = 50  # notifications in a call
_LONGEST: Final = 2048  # of a validation token
_ENDED: Final = frozenset({"subscriptionRemoved", "reauthorizationRequired"})


@routes.add("POST", "/api/calendar/push/google", scope=None, status=204, limit="calendar_push")
async def google_calls(request: web.Request) -> None:
    """For Google alone: a calendar changed; the account is looked at soon. The answer says nothing."""
    headers = request.headers
    if headers.get("X-Goog-Resource-State") == "sync":  # a new channel's first word
        return
    await called(request.app[DATABASE], headers.get("X-Goog-Channel-ID", ""), headers.get("X-Goog-Channel-Token", ""))


@routes.add("POST", "/api/calendar/push/microsoft", scope=None, answer="text/plain", limit="calendar_push")
async def microsoft_calls(request: web.Request) -> web.Response:
    """For Microsoft alone: calendars changed, or subscriptions end; it first asks for its `validationToken` back."""
    token = request.query.get("validationToken")
    if token is not None:
        if len(token) > _LONGEST or not token.isprintable():
            raise Invalid("That is no validation token.", code="bad_validation_token")
        return web.Response(text=token, content_type="text/plain")
    for channel_id, (secret, ended) in _told(await request.read()).items():
        await called(request.app[DATABASE], channel_id, secret, ended=ended)
    return web.Response(text="", content_type="text/plain")


def _told(body: bytes) -> dict[str, tuple[str, bool]]:
    """Each subscription that is named, with the secret it came with, and whether it ends. Nonsense names none."""
    try:
        sent: Any = json.loads(body)
    except ValueError:
        return {}
    items: Any = sent.get("value") if isinstance(sent, dict) else None
    told: dict[str, tuple[str, bool]] = {}
    for item in items[:_MOST] if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        name, secret = item.get("subscriptionId"), item.get("clientState")
        if isinstance(name, str) and isinstance(secret, str) and "\0" not in name:
            ended = item.get("lifecycleEvent") in _ENDED or told.get(name, ("", False))[1]
            told[name] = (secret, ended)
    return told
