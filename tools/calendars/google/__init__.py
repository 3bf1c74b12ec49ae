"""Google Calendar, spoken to as REST. ``GoogleCalendar`` is all that others import; no SQL, no token refreshing here.

``rest.py`` asks, ``errors.py`` says what a refusal means; ``translate.py`` (``times``, ``people``, ``rules``) turns
JSON into values and back; ``events.py`` writes one event, ``changing.py`` decides which calls a change becomes,
``series.py`` and ``exceptions.py`` change parts of a series; ``calendar.py`` is the backend.
"""

from tools.calendars.google.calendar import GoogleCalendar

__all__ = ["GoogleCalendar"]
