"""Calendars as rows in Postgres: the house's own, and every connected one mirrored. SQL; rules are one floor up."""
