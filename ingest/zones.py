"""Which clock a request means: a zone the client names, else the tenant's; and instants that may lack an offset."""

from __future__ import annotations

from datetime import datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from aiohttp import web

from ingest.keys import DATABASE, SETTINGS
from store import tenants
from store.errors import Invalid
from store.identity import Identity
from tools.calendars.walltime import at, in_zone, start_of, zone_of


def named_zone(name: str) -> ZoneInfo:
    """A zone that a client named: one of the IANA names, not a file that happens to lie beside them. Raises Invalid."""
    if name not in _zone_names():
        raise Invalid(f"{name!r} is no time zone; use an IANA name such as Europe/Berlin.", code="unknown_timezone")
    return zone_of(name)


async def zone_for(request: web.Request, identity: Identity, named: str) -> ZoneInfo:
    """The named zone; without a name the installation's, else the tenant's."""
    return named_zone(named) if named else await zone_of_house(request.app, identity)


async def zone_of_house(app: web.Application, identity: Identity) -> ZoneInfo:
    """Where nobody names a zone: the installation's (VOICELOOP_TIMEZONE), else the tenant's."""
    if app[SETTINGS].timezone:
        return zone_of(app[SETTINGS].timezone)
    tenant = await tenants.read_tenant(app[DATABASE], identity)
    return zone_of(tenant.timezone if tenant else "UTC")


def instant_in(moment: datetime, zone: ZoneInfo, *, all_day: bool = False) -> datetime:
    """The instant on the clock of ``zone``; without an offset it is wall time there. Raises Invalid."""
    if moment.tzinfo:
        return in_zone(moment, zone)
    if all_day and moment.time() == time(0):
        return start_of(moment.date(), zone)  # some clocks skip midnight; the day begins all the same
    return at(moment, zone)


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory", "posixrules", "localtime"})
