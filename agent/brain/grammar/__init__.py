"""Spoken English dates, times, durations, numbers and names. Pure functions of (text, now); no dialogue, no tools."""
