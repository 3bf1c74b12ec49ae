"""Bytes of a known type to pages of clean text with headings and places. Child process only; knows no database.

To add a type: a module with a function ``(content, limits) -> Extracted`` and a row in ``table.py``. Parsers are
imported inside the functions that use them, so that a child loads one parser only.
"""
