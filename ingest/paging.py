"""Lists: `limit` and `cursor` in, `items` and `next_cursor` out. A cursor is the sort key of the last item seen."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field

from ingest.routes import Body
from store.errors import Invalid

Position = tuple[datetime, UUID]
Item = TypeVar("Item")


class PageQuery(Body):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=200, description="How many items at most.")] = 50
    cursor: Annotated[str | None, Field(max_length=200, description="`next_cursor` of the page before.")] = None

    @property
    def after(self) -> Position | None:
        """Where the page begins. Raises Invalid for a cursor that is none of ours."""
        if not self.cursor:
            return None
        try:
            at, identifier = json.loads(base64.urlsafe_b64decode(self.cursor))
            position = datetime.fromisoformat(at), UUID(identifier)
            if position[0].tzinfo is None:
                raise ValueError("ours have an offset, and nothing else compares with those of the rows")
            return position
        except (ValueError, TypeError, AttributeError, binascii.Error) as error:
            raise Invalid("This cursor is not one of ours; start without one.", code="invalid_cursor") from error


def page_of(
    found: Sequence[Item], limit: int, place_of: Callable[[Item], Position]
) -> tuple[Sequence[Item], str | None]:
    """What to show of ``limit`` + 1 items that were asked for, and the cursor of the next page if there is one."""
    shown = found[:limit]
    return shown, cursor_of(place_of(shown[-1])) if len(found) > limit else None


def cursor_of(position: Position) -> str:
    at, identifier = position
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(identifier)]).encode()).decode()
