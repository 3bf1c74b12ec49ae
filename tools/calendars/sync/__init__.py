"""Keeping connected calendars and their mirrors in step: pulling changes, delivering ours, being called back."""
