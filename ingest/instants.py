"""Instants as clients write them: ISO 8601 text, never a bare number, which nobody can tell seconds from years in."""

from __future__ import annotations

import contextlib
import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, TypeAdapter, ValidationError

_BEGINNING = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATETIME = TypeAdapter(datetime)


def _written_out(value: Any) -> Any:
    """Raises ValueError for the numbers, and numbers in text, that pydantic takes for Unix time."""
    if isinstance(value, datetime) or value is None:
        return value
    if isinstance(value, str) and _BEGINNING.match(value):
        with contextlib.suppress(ValidationError):
            return _DATETIME.validate_strings(value)
    raise ValueError("must be an instant such as 2026-11-25T10:00:00Z")


Instant = Annotated[datetime, BeforeValidator(_written_out)]
InstantWithOffset = Annotated[AwareDatetime, BeforeValidator(_written_out)]
