"""Spoken dates, times, lengths and repetition, read without a model. Pure: no clock, no database."""
