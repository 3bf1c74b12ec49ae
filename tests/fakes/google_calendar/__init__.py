"""A Google Calendar on loopback. ``FakeGoogleCalendar`` is what tests use."""

from tests.fakes.google_calendar.server import FakeGoogleCalendar, Fault

__all__ = ["FakeGoogleCalendar", "Fault"]
