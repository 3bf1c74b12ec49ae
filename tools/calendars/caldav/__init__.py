"""Calendars on CalDAV servers (RFC 4791, 6578): ``calendar.py`` is the backend. Sends no mail, and keeps nothing."""

from tools.calendars.caldav.addresses import AddressRefused
from tools.calendars.caldav.calendar import CaldavCalendar
from tools.calendars.caldav.wire import Password

__all__ = ["AddressRefused", "CaldavCalendar", "Password"]
