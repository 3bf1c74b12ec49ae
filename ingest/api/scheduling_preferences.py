"""When people work and would rather meet: one's own preferences, and the tenant's under them."""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from ingest.api.scheduling_shapes import PreferencesBody, PreferencesShape, Whose
from ingest.keys import CLOCK, DATABASE
from ingest.routes import Routes, body_of, identity_of, query_of
from ingest.zones import named_zone
from tools.calendars.planning.preferences import Kept, PreferenceService

routes = Routes("Calendar")


@routes.add("GET", "/api/calendar/preferences", scope="calendar:read", query=Whose, answer=PreferencesShape)
async def read_preferences(request: web.Request) -> PreferencesShape:
    """What counts when times are suggested."""
    whose = query_of(request, Whose).of
    return _shape(await _service(request).read(identity_of(request), whose), whose)


@routes.add(
    "PUT",
    "/api/calendar/preferences",
    scope="calendar:write",
    query=Whose,
    body=PreferencesBody,
    answer=PreferencesShape,
)
async def write_preferences(request: web.Request) -> PreferencesShape:
    """Replace one's own preferences, or with `of=tenant` and the scope `tenant:write` everybody's."""
    whose, sent = query_of(request, Whose).of, await body_of(request, PreferencesBody)
    if sent.timezone:
        named_zone(sent.timezone)
    given = sent.model_dump(mode="json", exclude_unset=True)
    if "working_hours" in given:  # null: as if it had not been sent
        days = {name: day for name, day in (given["working_hours"] or {}).items() if day is not None}
        given = {**given, "working_hours": days} if days else {k: v for k, v in given.items() if k != "working_hours"}
    return _shape(await _service(request).write(identity_of(request), given, whose), whose)


def _service(request: web.Request) -> PreferenceService:
    return PreferenceService(request.app[DATABASE], request.app[CLOCK])


def _shape(kept: Kept, whose: Literal["me", "tenant"]) -> PreferencesShape:
    return PreferencesShape.model_validate({"of": whose, "said": sorted(kept.said), **kept.effective.as_json()})
