"""Spoken English dates, times, durations, numbers and names. Pure functions of (text, now); knows no dialogue, no tools."""
