"""`POST /api/livekit/webhook`: what happens in rooms, told by the LiveKit server and signed with its secret."""

from __future__ import annotations

from aiohttp import web
from livekit import api as livekit_api

from ingest.errors import NotSignedIn
from ingest.keys import DISPATCH, SETTINGS
from ingest.routes import Routes
from store.log import get_logger

routes = Routes("Calls")
log = get_logger(__name__)


@routes.add("POST", "/api/livekit/webhook", scope=None, status=204, errors=(401,))
async def receive_webhook(request: web.Request) -> None:
    """A room event from the LiveKit server; makes the dispatch watch look at that room now."""
    settings = request.app[SETTINGS]
    verifier = livekit_api.TokenVerifier(settings.livekit_api_key, settings.livekit_api_secret.get_secret_value())
    body = (await request.read()).decode("utf-8", "replace")
    try:
        event = livekit_api.WebhookReceiver(verifier).receive(body, request.headers.get("Authorization", ""))
    except Exception as error:  # the library raises plain Exceptions for a bad signature
        raise NotSignedIn("This webhook is not signed by the LiveKit server.", code="invalid_signature") from error
    log.info("livekit event", livekit_event=event.event, room=event.room.name)
    request.app[DISPATCH].look_at(event.room.name)
