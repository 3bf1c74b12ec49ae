"""What this installation is at each provider: the client's id and secret, and where the servers are. Values only."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.calendars.accounts.model import PROVIDERS, Provider

GOOGLE_API: Final = "https://www.googleapis.com"
GRAPH_API: Final = "https://graph.microsoft.com/v1.0"
MICROSOFT_AUTHORITY: Final = "https://login.microsoftonline.com"
_HOST: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*(:[0-9]{1,5})?")
VARIABLES: Final[Mapping[Provider, tuple[str, ...]]] = {
    "google": ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    "microsoft": ("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET"),
    "caldav": (),
}


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """A client registered at a provider."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CalendarApps:
    """Every provider's settings; None where the installation has no client. ``caldav_allow`` are hosts and networks
    that may be asked although they are inside."""

    google: OAuthApp | None = None
    microsoft: OAuthApp | None = None
    microsoft_tenant: str = "common"
    microsoft_authority: str = MICROSOFT_AUTHORITY
    google_api: str = GOOGLE_API
    graph_api: str = GRAPH_API
    caldav_allow: tuple[str, ...] = ()

    def missing(self, provider: Provider) -> tuple[str, ...]:
        """The variables to set before accounts of this provider can be connected; empty when they can."""
        is_there = {"google": self.google, "microsoft": self.microsoft, "caldav": True}[provider]
        return () if is_there else VARIABLES[provider]


def problem_of_pairs(values: Mapping[str, str]) -> str:
    """What is wrong with the clients' variables, as a sentence; empty when each pair is set whole or not at all."""
    for provider in PROVIDERS:
        names = VARIABLES[provider]
        given = [name for name in names if values.get(name)]
        if given and len(given) < len(names):
            absent = next(name for name in names if name not in given)
            return f"{given[0]} is set, but {absent} is not: set both, or neither"
    return ""


def problem_of_allowed(places: Sequence[str]) -> str:
    """What is wrong with the places of VOICELOOP_CALDAV_ALLOW or VOICELOOP_MCP_ALLOW, as the end of a sentence; empty
    when nothing is."""
    if all(_is_network(place) or _is_host(place) for place in places):
        return ""
    return "must be host names such as nas.lan or nas.lan:5232, or networks such as 10.0.0.0/8, separated by commas"


def _is_network(place: str) -> bool:
    try:
        ipaddress.ip_network(place, strict=False)
    except ValueError:
        return False
    return True


def _is_host(place: str) -> bool:
    name = place.partition(":")[0]
    return _HOST.fullmatch(place) is not None and (place != name or not name.replace(".", "").isdigit())
