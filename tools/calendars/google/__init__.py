"""Google Calendar, spoken to as REST. ``GoogleCalendar`` is all that others import; no SQL, no token refreshing here.

``rest.py`` asks, ``errors.py`` says what a refusal means, ``translate.py`` and ``rules.py`` turn JSON into values and
back, ``series.py`` changes parts of a series, ``calendar.py`` is the backend.
"""

from tools.calendars.google.calendar import GoogleCalendar

__all__ = ["GoogleCalendar"]
