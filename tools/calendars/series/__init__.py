"""RFC 5545 recurrence rules as values and arithmetic. ``tools/calendars/recurrence.py`` is what others call."""
