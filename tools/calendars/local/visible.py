"""Whose calendars somebody sees: the tenant's, their own, and the one the tenant chose for everybody. SQL only.

A colleague's connected calendar is theirs. Every statement that lists, reads or changes what stands in calendars says
it with these; ``%(user)s`` is the identity's user. What managers see of accounts is another question (``accounts/``).
"""

from __future__ import annotations

from typing import Final

from psycopg import sql

VISIBLE: Final = sql.SQL("(c.user_id IS NULL OR c.user_id = %(user)s OR c.is_default)")  # of calendars c
SEEN: Final = sql.SQL("(SELECT c.id FROM calendars c WHERE {visible})").format(visible=VISIBLE)
