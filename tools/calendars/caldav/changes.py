"""What is new in a calendar since a token: by sync-collection (RFC 6578), or by comparing ETags where there is none.

A token says, beside the server's own, which exceptions each series had: only so can one that was undone be told as
removed. It is text for nobody but this module.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from yarl import URL

from tools.calendars.backend import CalendarUnavailable, Changes, RemoteEvent, RemoteEventGone, SyncTokenLost
from tools.calendars.caldav.dav import D, Entry, conditions, multistatus, propfind, sync_collection
from tools.calendars.caldav.discovery import ETAG
from tools.calendars.caldav.reading import Reader, Resource
from tools.calendars.caldav.wire import Wire

_MOST_PAGES = 1000
_LOST = "The calendar server no longer knows what was fetched last. Fetch everything again."
Fetch = Callable[[Sequence[str]], Awaitable[list[Resource]]]


@dataclass(slots=True)
class _Token:
    """``server`` is the server's sync token; ``etags`` (hashed) stand in where it has none."""

    server: str = ""
    etags: dict[str, str] | None = None
    exceptions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def __str__(self) -> str:
        held = {"server": self.server, "etags": self.etags, "exceptions": self.exceptions}
        return json.dumps(held, separators=(",", ":"))


@dataclass(slots=True)
class _Difference:
    changed: list[str]
    gone: list[str]
    server: str = ""
    etags: dict[str, str] | None = None


async def changes(wire: Wire, calendar: URL, reader: Reader, fetch: Fetch, *, syncs: bool, token: str) -> Changes:
    """``fetch`` gets resources by name (those that are gone meanwhile are left out). Raises SyncTokenLost."""
    before = _token(token) if token else None
    if before is not None and (before.etags is None) != syncs:
        raise SyncTokenLost(_LOST)
    difference = await _synced(wire, calendar, before) if syncs else await _compared(wire, calendar, before)
    resources = await fetch(difference.changed)
    events = await asyncio.to_thread(_events, reader, resources)
    exceptions = dict(before.exceptions) if before else {}
    removed = _removed(exceptions, resources, events, difference) if before else []
    exceptions = {name: kept for name, kept in exceptions.items() if name not in difference.gone}
    for resource in resources:
        exceptions.pop(resource.name, None)
        if mine := _stamps(resource.name, events):
            exceptions[resource.name] = mine
    after = _Token(difference.server, difference.etags, exceptions)
    return Changes(tuple(events), tuple(removed), str(after), full=before is None)


def name_of(calendar: URL, href: str) -> str:
    """A resource's name, quoted the one way; empty for the calendar itself and what is not in it."""
    path = unquote(URL(href, encoded=True).raw_path)
    folder = unquote(calendar.raw_path)
    name = path.removeprefix(folder)
    return "" if name == path or "/" in name else quote(name, safe="")


def _events(reader: Reader, resources: list[Resource]) -> list[RemoteEvent]:
    return [event for resource in resources for event in reader.events(resource)]


def _removed(
    exceptions: dict[str, list[str]], resources: list[Resource], events: list[RemoteEvent], difference: _Difference
) -> list[str]:
    known = {event.id for event in events}
    removed = list(difference.gone)
    for name in [resource.name for resource in resources] + difference.gone:
        removed += [f"{name}#{stamp}" for stamp in exceptions.get(name, ()) if f"{name}#{stamp}" not in known]
    return removed


def _stamps(name: str, events: list[RemoteEvent]) -> list[str]:
    return [event.id.partition("#")[2] for event in events if event.id.startswith(f"{name}#")]


async def _synced(wire: Wire, calendar: URL, before: _Token | None) -> _Difference:
    token = before.server if before else ""
    seen: dict[str, bool] = {}
    for _ in range(_MOST_PAGES):
        said = await wire.send("REPORT", calendar, sync_collection(token), headers=_DEPTH_0)
        if said.status in (400, 403, 409, 410) and f"{D}valid-sync-token" in conditions(said.body):
            raise SyncTokenLost(_LOST)
        if said.status == 404:
            raise RemoteEventGone("That calendar is no longer on its server.")
        if said.status != 207:
            raise SyncTokenLost(_LOST) if before else CalendarUnavailable("The calendar server tells no changes.")
        answer = multistatus(said.body)
        more = any(entry.status == 507 for entry in answer.entries)
        for entry in answer.entries:
            if name := name_of(calendar, entry.href):
                seen[name] = entry.status != 404
        if not more or answer.sync_token == token:
            changed = [name for name, there in seen.items() if there]
            gone = [name for name, there in seen.items() if not there] if before else []
            return _Difference(changed, gone, server=answer.sync_token)
        token = answer.sync_token
    raise CalendarUnavailable("The calendar server never stops telling changes.")


async def _compared(wire: Wire, calendar: URL, before: _Token | None) -> _Difference:
    said = await wire.send("PROPFIND", calendar, propfind(ETAG), headers={**_DEPTH_0, "Depth": "1"})
    if said.status != 207:
        raise RemoteEventGone("That calendar is no longer on its server.")
    etags = {
        name: _short(entry)
        for entry in multistatus(said.body).entries
        if (name := name_of(calendar, entry.href)) and entry.text(ETAG)
    }
    known = (before.etags or {}) if before else {}
    changed = [name for name, etag in etags.items() if known.get(name) != etag]
    return _Difference(changed, [name for name in known if name not in etags], etags=etags)


def _short(entry: Entry) -> str:
    return hashlib.sha256(entry.text(ETAG).encode()).hexdigest()[:12]


def _token(text: str) -> _Token:
    try:
        held: Any = json.loads(text)
        server, etags, exceptions = held["server"], held["etags"], held["exceptions"]
    except (ValueError, TypeError, KeyError) as error:
        raise SyncTokenLost(_LOST) from error
    if not isinstance(server, str) or not isinstance(etags, dict | None) or not isinstance(exceptions, dict):
        raise SyncTokenLost(_LOST)
    return _Token(server, etags, exceptions)


_DEPTH_0 = {"Depth": "0", "Content-Type": "application/xml; charset=utf-8"}
