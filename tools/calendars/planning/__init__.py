"""Scheduling with what the database knows: who is meant, whose calendars, which habits. Reads all but preferences.

What a good time is stays in ``scheduling/``, which is pure; what books is ``service.py`` of the calendars.
"""

from tools.calendars.planning.service import FreeBusy, PlanningService

__all__ = ["FreeBusy", "PlanningService"]
