"""Outlook and Microsoft 365 calendars through Microsoft Graph. ``calendar.GraphCalendar`` is what others use."""
