"""What the scheduling routes take and answer, as JSON. No rules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ingest.instants import Instant
from ingest.routes import Body, Shape

Clock = Annotated[str, Field(pattern=r"^([01]?[0-9]|2[0-4]):[0-5][0-9]$", examples=["09:00"])]
Stretch = tuple[Clock, Clock]
Stretches = Annotated[tuple[Stretch, ...], Field(max_length=8)]
Word = Annotated[str, Field(min_length=1, max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=254)]
Zone = Annotated[str, Field(max_length=64, description="An IANA name; empty: the tenant's.")]


class WeekBody(Body):
    """Stretches of each weekday; an empty list is a day off, a day that is not named stays as it is."""

    monday: Stretches | None = None
    tuesday: Stretches | None = None
    wednesday: Stretches | None = None
    thursday: Stretches | None = None
    friday: Stretches | None = None
    saturday: Stretches | None = None
    sunday: Stretches | None = None


class PreferencesBody(Body):
    """Replaces what was said before: what is not sent counts as the tenant, or the default, has it.

    `prefers` and `avoids` take mornings, early mornings, afternoons, late afternoons, evenings, lunch, weekdays,
    weekends, `before 09:00`, `after 17:00`; `prefers` also `back_to_back` or `spread_out`.
    """

    working_hours: WeekBody | None = None
    lunch: Stretch | None = None
    buffer_before_min: Annotated[int, Field(ge=0, le=240)] = 0
    buffer_after_min: Annotated[int, Field(ge=0, le=240)] = 0
    travel_min: Annotated[int, Field(ge=0, le=480, description="Between events at different places.")] = 30
    prefers: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    avoids: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    minimum_notice_min: Annotated[int, Field(ge=0, le=86_400)] = 0
    horizon_days: Annotated[int, Field(ge=1, le=730)] = 90
    slot_grid_min: Annotated[int, Field(ge=5, le=120)] = 15
    holidays: Annotated[str, Field(max_length=2, description="DE, US, UK, ES, FR, or empty.")] = ""
    timezone: Zone = ""


class Whose(Body):
    """`me`: one's own; `tenant`: what counts for everybody who did not say otherwise."""

    of: Literal["me", "tenant"] = "me"


class PreferencesShape(Shape):
    """What counts. `said`: the fields that this person (or the tenant) set; the others are inherited."""

    of: Literal["me", "tenant"]
    said: list[str]
    working_hours: dict[str, list[list[str]]]
    lunch: list[str] | None
    buffer_before_min: int
    buffer_after_min: int
    travel_min: int
    prefers: list[str]
    avoids: list[str]
    minimum_notice_min: int
    horizon_days: int
    slot_grid_min: int
    holidays: str
    timezone: str


class FreeBusyQuery(Body):
    """The window [from, to). `people`: names or e-mail addresses of users, with commas between; empty: oneself."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    people: Annotated[str, Field(max_length=500)] = ""
    timezone: Zone = ""


class Window(Shape):
    start: datetime
    end: datetime


class PersonBusy(Shape):
    """`seen` false: no calendar of this person is known here. `busy`: merged, by start; whose titles nobody is told."""

    name: str
    seen: bool
    busy: list[Window]


class FreeBusyShape(Shape):
    people: list[PersonBusy]


class ConflictsQuery(Body):
    """The window [from, to)."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    timezone: Zone = ""


class ConflictEvent(Shape):
    event_id: str
    summary: str
    start: datetime
    end: datetime


class ConflictShape(Shape):
    """`overlap`: at the same time; `travel`: `short_min` minutes of the way between them are missing."""

    kind: Literal["overlap", "travel"]
    first: ConflictEvent
    second: ConflictEvent
    short_min: int
    text: str


class ConflictsShape(Shape):
    conflicts: list[ConflictShape]


class AttendeeBody(Body):
    """A user of the tenant by `name` or `email`. Without an `optional` person the meeting may take place."""

    name: Name | None = None
    email: Name | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _is_somebody(self) -> AttendeeBody:
        if not (self.name or self.email):
            raise ValueError("say the name or the email")
        return self


class WishBody(Body):
    """`only` and `avoid` bind, `prefer` does not; `allow` takes outside_hours or holidays."""

    kind: Literal["only", "prefer", "avoid", "allow"]
    value: Word


Wishes = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=80)] | WishBody, ...],
    Field(max_length=20, description="As people say them (`no Fridays`, `not before ten`), or by kind and value."),
]


class SuggestBody(Body):
    """Without `from`: now; without `to`: two weeks later. `near`: the wanted start. `location`: for the way there."""

    duration_min: Annotated[int, Field(ge=5, le=1440)] = 30
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    near: Instant | None = None
    attendees: Annotated[tuple[Name | AttendeeBody, ...], Field(max_length=50)] = ()
    wishes: Wishes = ()
    location: Annotated[str | None, Field(max_length=300)] = None
    timezone: Zone = ""
    limit: Annotated[int, Field(ge=1, le=10)] = 3


class SuggestionShape(Shape):
    """`missing`: optional people who cannot come then."""

    start: datetime
    end: datetime
    reason: str
    missing: list[str]


class RelaxationShape(Shape):
    """`kind`: wish, later, optional, shorter or hours; `value`: which wish, whom, or how many minutes."""

    kind: str
    value: str
    start: datetime
    text: str


class ProposalShape(Shape):
    """`unseen`: people whose calendars are not known. `note`: why there is nothing, and what would help."""

    suggestions: list[SuggestionShape]
    unseen: list[str]
    note: str
    relaxations: list[RelaxationShape]


class StretchBody(Body):
    """[from, to)."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant


class ReplanBody(Body):
    """`blocked`: when one is not there; `event_ids`: what shall move in any case. One of them is needed.

    New times lie within [from, to): from now, for two weeks after what is blocked.
    """

    blocked: Annotated[tuple[StretchBody, ...], Field(max_length=20)] = ()
    event_ids: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=50)] = ()
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None
    wishes: Wishes = ()
    may_move_others: bool = False
    timezone: Zone = ""


class MoveShape(Shape):
    event_id: str
    summary: str
    start: datetime
    end: datetime
    new_start: datetime
    new_end: datetime
    reason: str


class UnplacedShape(Shape):
    event_id: str
    summary: str
    start: datetime
    end: datetime
    reason: str


class PlanShape(Shape):
    """A plan only: nothing has moved. `optimal`: no plan moves fewer events, or these by less."""

    moves: list[MoveShape]
    unplaced: list[UnplacedShape]
    minutes_moved: int
    optimal: bool
    note: str
