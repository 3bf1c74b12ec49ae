"""Calendars: events that never overlap, free time, alternatives. Rules: ``service.py``; words: ``toolset/``."""
