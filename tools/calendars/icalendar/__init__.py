"""iCalendar files (RFC 5545): read within limits and written for every client. Pure but for ``child``; no SQL."""
