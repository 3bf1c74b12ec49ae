"""Time zones as people say them: "3 pm Berlin time", "5 eastern", "14:00 UTC". Pure; a table of places.

To add a place: its row in `_PLACES`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAMES: Mapping[str, str] = {
    "utc": "UTC", "gmt": "UTC", "greenwich mean": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "central european": "Europe/Berlin", "eastern european": "Europe/Athens", "bst": "Europe/London",
    "est": "America/New_York", "edt": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
}  # fmt: skip
_REGIONS: Mapping[str, str] = {
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
    "pacific": "America/Los_Angeles", "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}  # fmt: skip
_PLACES: Mapping[str, str] = {
    "berlin": "Europe/Berlin", "munich": "Europe/Berlin", "hamburg": "Europe/Berlin", "frankfurt": "Europe/Berlin",
    "german": "Europe/Berlin", "vienna": "Europe/Vienna", "zurich": "Europe/Zurich", "london": "Europe/London",
    "uk": "Europe/London", "british": "Europe/London", "dublin": "Europe/Dublin", "paris": "Europe/Paris",
    "madrid": "Europe/Madrid", "barcelona": "Europe/Madrid", "lisbon": "Europe/Lisbon", "rome": "Europe/Rome",
    "milan": "Europe/Rome", "amsterdam": "Europe/Amsterdam", "brussels": "Europe/Brussels",
    "copenhagen": "Europe/Copenhagen", "stockholm": "Europe/Stockholm", "oslo": "Europe/Oslo",
    "helsinki": "Europe/Helsinki", "warsaw": "Europe/Warsaw", "prague": "Europe/Prague", "athens": "Europe/Athens",
    "istanbul": "Europe/Istanbul", "kyiv": "Europe/Kyiv", "dubai": "Asia/Dubai", "tel aviv": "Asia/Jerusalem",
    "mumbai": "Asia/Kolkata", "delhi": "Asia/Kolkata", "india": "Asia/Kolkata", "indian": "Asia/Kolkata",
    "singapore": "Asia/Singapore", "hong kong": "Asia/Hong_Kong", "shanghai": "Asia/Shanghai",
    "beijing": "Asia/Shanghai", "seoul": "Asia/Seoul", "tokyo": "Asia/Tokyo", "japan": "Asia/Tokyo",
    "sydney": "Australia/Sydney", "melbourne": "Australia/Melbourne", "auckland": "Pacific/Auckland",
    "new york": "America/New_York", "boston": "America/New_York", "toronto": "America/Toronto",
    "miami": "America/New_York", "chicago": "America/Chicago", "texas": "America/Chicago",
    "denver": "America/Denver", "los angeles": "America/Los_Angeles", "san francisco": "America/Los_Angeles",
    "california": "America/Los_Angeles", "seattle": "America/Los_Angeles", "vancouver": "America/Vancouver",
    "mexico city": "America/Mexico_City", "sao paulo": "America/Sao_Paulo", "buenos aires":
    "America/Argentina/Buenos_Aires", "johannesburg": "Africa/Johannesburg", "cairo": "Africa/Cairo",
}  # fmt: skip
_KNOWN = {**_NAMES, **_REGIONS, **_PLACES}
_OF_ZONE = r"(?:\s(?:standard|daylight|summer))?\stime"
_ZONE = re.compile(
    rf"\b(?:in\s)?(?:(?P<place>{'|'.join((*_PLACES, *_REGIONS, 'central european', 'eastern european'))}){_OF_ZONE}"
    rf"|(?P<name>{'|'.join(_NAMES)})(?:{_OF_ZONE})?"
    rf"|(?:(?<=\d\s)|(?<=[ap]m\s)|(?<=oclock\s))(?P<region>{'|'.join(_REGIONS)}))\b"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA name, heard at ``text[start:end]``."""

    name: str
    start: int
    end: int


def find_zone(text: str) -> Zone | None:
    """The first zone said in normal text; "the Berlin office" is none."""
    match = _ZONE.search(text)
    if match is None:
        return None
    said = match["place"] or match["name"] or match["region"]
    return Zone(_KNOWN[said], *match.span())
