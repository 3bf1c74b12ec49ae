"""Calendars in and out as .ics: an upload applied all at once, an export, a private feed address."""
