"""What is being taken down in a call, and what is asked about it. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from store.ids import new_id


class Kind(StrEnum):
    """What is taken down."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    AMOUNT = "amount"


class State(StrEnum):
    """Where it stands. Only CONFIRMED may be written anywhere."""

    READ_BACK = "read_back"  # waits for the caller's yes to exactly this value
    SPELLING = "spelling"  # second try: letter by letter, digit by digit
    OFFERED = "offered"  # third try: typed in the page or keyed on the phone
    CONFIRMED = "confirmed"
    GIVEN_UP = "given_up"


class Asks(StrEnum):
    """What the question wants to hear; the same words as the turn policy's."""

    NOTHING = ""
    YES_NO = "yes_no"
    NAME = "name"
    EMAIL = "email"
    DIGITS = "digits"
    SPELLING = "spelling"
    WHEN = "when"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """``value``: "Anna Smith", "anna@example.com", "+493012345", "2026-11-28", "12.50 EUR"; "" when none was heard.

    ``tries``: how often it was not right. ``changed``: how often the caller corrected it. ``spelled``: read it back
    letter by letter. ``before``: its value before the last correction.
    """

    kind: Kind
    state: State
    value: str = ""
    tries: int = 0
    changed: int = 0
    unclear: int = 0
    spelled: bool = False
    before: str = ""
    id: UUID = field(default_factory=new_id)

    @property
    def is_open(self) -> bool:
        return self.state not in {State.CONFIRMED, State.GIVEN_UP}

    def fits(self, value: str) -> bool:
        """Whether the caller confirmed just this value: a yes counts for what was read back and nothing else."""
        return self.state is State.CONFIRMED and self.value == value


@dataclass(frozen=True, slots=True)
class Step:
    """The capture as it stands now, the sentence to say, and what that asks for. Nothing to say when it is empty."""

    capture: Capture
    says: str
    asks: Asks
