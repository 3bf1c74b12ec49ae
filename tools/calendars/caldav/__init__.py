"""Calendars on CalDAV servers (RFC 4791, 6578): ``calendar.py`` is the backend."""
