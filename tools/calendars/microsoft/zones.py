"""Windows' names for time zones, which Exchange speaks, and IANA's, which everything else here speaks.

The table is tzlocal's (CLDR); what it misses is added below. A zone without a Windows name (Antarctica/Troll) stays
without: single events then go out in UTC, series are refused.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal.windows_tz import tz_win, win_tz

# IANA names the table lacks. GMT has no summer time, unlike Windows' "GMT Standard Time", which is London.
_ADDED = {
    "GMT": "UTC",
    "Europe/Uzhgorod": "FLE Standard Time",
    "Europe/Zaporozhye": "FLE Standard Time",
    "US/East-Indiana": "US Eastern Standard Time",
    "EST5EDT": "Eastern Standard Time",
    "CST6CDT": "Central Standard Time",
    "MST7MDT": "Mountain Standard Time",
    "PST8PDT": "Pacific Standard Time",
}


def windows_name(iana: str) -> str:
    """Windows' name of an IANA zone, empty when there is none."""
    return _ADDED.get(iana) or tz_win.get(iana, "")


def iana_name(name: str | None) -> str:
    """The IANA name of what Exchange calls a zone (a Windows or an IANA name), empty when it means nothing here
    (``tzone://Microsoft/Custom``)."""
    if not name or name in ("UTC", "Etc/UTC"):
        return "UTC" if name else ""
    if name in win_tz:
        return win_tz[name]
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return name
