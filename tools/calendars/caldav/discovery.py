"""From what a person typed in to the calendars: the principal, its home, and what is known of each calendar there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from yarl import URL

from store.errors import VoiceLoopError
from tools.calendars.backend import CalendarForbidden, CalendarUnavailable, RemoteCalendar, RemoteEventGone
from tools.calendars.caldav.addresses import AddressRefused
from tools.calendars.caldav.dav import CS, ICAL, C, D, Entry, multistatus, propfind
from tools.calendars.caldav.parsing import parse
from tools.calendars.caldav.wire import Said, Wire
from tools.calendars.icalendar.zones import named

_PRINCIPAL, _HOME, _OWN = f"{D}current-user-principal", f"{C}calendar-home-set", f"{C}calendar-user-address-set"
_TYPE, _NAME, _RIGHTS = f"{D}resourcetype", f"{D}displayname", f"{D}current-user-privilege-set"
_ZONE, _ZONE_ID, _COLOR = f"{C}calendar-timezone", f"{C}calendar-timezone-id", f"{ICAL}calendar-color"
_KINDS, _REPORTS = f"{C}supported-calendar-component-set", f"{D}supported-report-set"
CTAG, SYNC_TOKEN, ETAG = f"{CS}getctag", f"{D}sync-token", f"{D}getetag"
_WRITING = frozenset({f"{D}all", f"{D}write", f"{D}write-content", f"{D}bind"})


@dataclass(frozen=True, slots=True)
class Home:
    """Where the calendars are. ``owner``: the account's e-mail address as the server knows it, may be empty.

    ``mails``: the server invites by itself (RFC 6638).
    """

    url: URL
    owner: str
    mails: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a calendar's server says of it. ``zone`` is None when it does not say."""

    name: str
    zone: ZoneInfo | None
    color: str
    writable: bool
    syncs: bool


async def find_home(wire: Wire) -> Home:
    """Asks at the address that was typed in, at the well-known one (RFC 6764), and at the root.

    Raises RemoteEventGone when there is no CalDAV, NeedsReconnect for a wrong password.
    """
    typed = wire.server if wire.server.path.endswith("/") else wire.server.with_path(f"{wire.server.path}/")
    places = dict.fromkeys([typed, typed.with_path("/.well-known/caldav"), typed.with_path("/")])
    refused: VoiceLoopError | None = None
    for place in places:
        try:
            said, entry = await _about(wire, place, _PRINCIPAL, _HOME, _OWN)
            if not entry.href_in(_HOME) and entry.href_in(_PRINCIPAL):
                said, entry = await _about(wire, _joined(said.url, entry.href_in(_PRINCIPAL)), _HOME, _OWN)
        except (RemoteEventGone, CalendarForbidden, AddressRefused) as error:
            refused = error if refused is None or isinstance(refused, RemoteEventGone) else refused
            continue
        if entry.href_in(_HOME):
            mails = "calendar-auto-schedule" in said.answer.headers.get("dav", "")
            return Home(_folder(_joined(said.url, entry.href_in(_HOME))), _address(entry), mails)
    if isinstance(refused, CalendarForbidden | AddressRefused):
        raise refused
    raise RemoteEventGone("There are no calendars at that address. Check the server's address.")


async def list_calendars(wire: Wire, home: Home) -> list[RemoteCalendar]:
    """Every calendar of the account that holds events."""
    wanted = (_TYPE, _NAME, _RIGHTS, _ZONE, _ZONE_ID, _COLOR, _KINDS, _REPORTS)
    said = await wire.send("PROPFIND", home.url, propfind(*wanted), headers=_depth(1))
    found: list[RemoteCalendar] = []
    for entry in multistatus(_answered(said).body).entries:
        if not _holds_events(entry):
            continue
        url, facts = _folder(_joined(said.url, entry.href)), _facts(entry)
        zone = facts.zone.key if facts.zone else ""
        found.append(RemoteCalendar(str(url), facts.name or url.parts[-2], zone, facts.writable, color=facts.color))
    return found


async def read_facts(wire: Wire, calendar: URL) -> Facts:
    """Raises RemoteEventGone when there is no such calendar."""
    _, entry = await _about(wire, calendar, _TYPE, _NAME, _RIGHTS, _ZONE, _ZONE_ID, _COLOR, _KINDS, _REPORTS)
    if not _holds_events(entry):
        raise RemoteEventGone("That calendar is no longer on its server.")
    return _facts(entry)


async def _about(wire: Wire, url: URL, *names: str) -> tuple[Said, Entry]:
    said = await wire.send("PROPFIND", url, propfind(*names), headers=_depth(0), follow=True)
    entries = multistatus(_answered(said).body).entries
    if not entries:
        raise CalendarUnavailable("The calendar server answered nothing.")
    return said, entries[0]


def _answered(said: Said) -> Said:
    if said.status != 207:
        raise RemoteEventGone("That is no longer on the calendar server.")
    return said


def _facts(entry: Entry) -> Facts:
    rights: Any = entry.props.get(_RIGHTS)
    reports: Any = entry.props.get(_REPORTS)
    granted = {right.tag for right in rights.iterfind(f"{D}privilege/*")} if rights is not None else set[str]()
    color = entry.text(_COLOR)
    return Facts(
        name=entry.text(_NAME),
        zone=_zone(entry),
        color=color[:7] if color.startswith("#") else "",
        writable=rights is None or bool(granted & _WRITING),
        syncs=reports is not None and reports.find(f".//{D}sync-collection") is not None,
    )


def _holds_events(entry: Entry) -> bool:
    kind: Any = entry.props.get(_TYPE)
    parts: Any = entry.props.get(_KINDS)
    if kind is None or kind.find(f"{C}calendar") is None:
        return False
    return parts is None or any(part.get("name", "").upper() == "VEVENT" for part in parts.iterfind(f"{C}comp"))


def _zone(entry: Entry) -> ZoneInfo | None:
    if said := entry.text(_ZONE_ID):
        return named(said)
    described = parse(entry.text(_ZONE)) if entry.text(_ZONE) else None
    zones = described.walk("VTIMEZONE") if described is not None else []
    return named(str(zones[0].get("TZID", ""))) if zones else None


def _address(entry: Entry) -> str:
    own: Any = entry.props.get(_OWN)
    hrefs = [(href.text or "").strip() for href in own.iterfind(f"{D}href")] if own is not None else []
    return next((href[7:] for href in hrefs if href.casefold().startswith("mailto:")), "")


def _joined(base: URL, href: str) -> URL:
    try:
        return base.join(URL(href, encoded=True)).with_query(None).with_fragment(None)
    except ValueError as error:
        raise CalendarUnavailable("The calendar server answered an address that is none.") from error


def _folder(url: URL) -> URL:
    return url if url.raw_path.endswith("/") else url.with_path(f"{url.raw_path}/", encoded=True)


def _depth(depth: int) -> dict[str, str]:
    return {"Depth": str(depth), "Content-Type": "application/xml; charset=utf-8"}
