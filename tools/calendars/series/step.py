"""The step by which a whole series moves on the wall, for what hangs on it: its first start, its exceptions. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Step:
    """From the wall clocks of ``before`` to those of ``after``, ``by`` so much later."""

    before: ZoneInfo
    after: ZoneInfo
    by: timedelta

    def __call__(self, moment: datetime) -> datetime:
        """Where this instant of the old series lies in the moved one, in UTC."""
        wall = moment.astimezone(self.before).replace(tzinfo=None, fold=0)
        return (wall + self.by).replace(tzinfo=self.after).astimezone(UTC)


def step_of(old: datetime, new: datetime) -> Step:
    """The step that makes ``new`` of ``old``; both aware, each on the clocks of its ZoneInfo."""
    before, after = old.tzinfo, new.tzinfo
    if not isinstance(before, ZoneInfo) or not isinstance(after, ZoneInfo):
        raise TypeError("a step needs wall clocks")
    return Step(before, after, new.replace(tzinfo=None, fold=0) - old.replace(tzinfo=None, fold=0))
