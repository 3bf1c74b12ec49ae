"""What a caller wishes for one meeting ("mornings", "no Fridays", "not before ten"), as typed values.

``wish_of`` reads a spoken wish without a model. A wish that is understood binds unless it is of the kind "prefer".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, get_args

from store.errors import Invalid
from tools.calendars.scheduling.traits import ARRANGEMENTS, PARTS, WEEKDAYS, Stretch, has_trait, said, trait_of

Kind = Literal["only", "prefer", "avoid", "allow"]
ALLOWED: Final = ("outside_hours", "holidays")


@dataclass(frozen=True, slots=True)
class Wish:
    """``value`` is a word of ``traits.py``; for "allow" one of ALLOWED."""

    kind: Kind
    value: str

    def told(self) -> str:
        """As people say it: "in the morning", "not on a Friday"."""
        if self.kind == "allow":
            return "outside of working hours" if self.value == "outside_hours" else "on holidays"
        return f"not {said(self.value)}" if self.kind == "avoid" else said(self.value)


_PREFER: Final = re.compile(
    r"(?:preferably|ideally|rather|maybe|if possible|best|i(?:'d| would)? (?:prefer|like)|prefer) "
)
_AVOID: Final = re.compile(
    r"(?:no|not|never|avoid|except|but not|without|anything but) (?:on |in the |over |a |an |during )*"
)
_FILLER: Final = re.compile(
    r"^(?:only |just |please |on |in the |in |at the |at |over |a |an |the |during |sometime )+"
)
_SPOKEN: Final[dict[str, tuple[tuple[Kind, str], ...]]] = {
    "first thing": (("only", "early_mornings"),),
    "first thing in the morning": (("only", "early_mornings"),),
    "not too early": (("avoid", "before 10:00"),),
    "not early": (("avoid", "before 10:00"),),
    "not too late": (("avoid", "after 16:00"),),
    "not late": (("avoid", "after 16:00"),),
    "after lunch": (("avoid", "until_lunch"),),
    "before lunch": (("avoid", "from_lunch"),),
    "after work": (("only", "evenings"), ("allow", "outside_hours")),
    "end of the week": (("only", "thursday"), ("only", "friday")),
    "late in the week": (("only", "thursday"), ("only", "friday")),
    "beginning of the week": (("only", "monday"), ("only", "tuesday")),
    "start of the week": (("only", "monday"), ("only", "tuesday")),
    "early in the week": (("only", "monday"), ("only", "tuesday")),
    "middle of the week": (("only", "tuesday"), ("only", "wednesday"), ("only", "thursday")),
    "mid week": (("only", "tuesday"), ("only", "wednesday"), ("only", "thursday")),
    "weekdays": (("avoid", "weekends"),),
    "any time": (),
    "anytime": (),
    "whenever": (),
    "outside working hours": (("allow", "outside_hours"),),
    "outside hours": (("allow", "outside_hours"),),
    "outside of working hours": (("allow", "outside_hours"),),
    "holidays": (("allow", "holidays"),),
}


def wishes_of(text: str) -> tuple[Wish, ...]:
    """One spoken wish as values; "weekends" also opens them. Raises Invalid when it is not understood."""
    words = " ".join(re.sub(r"[-_,.!?]+(?=\s|$)|(?<=[a-z])[-_](?=[a-z])", " ", text.casefold()).split())
    soft = _PREFER.match(words)
    words = words[soft.end() :] if soft else words
    found = _read(words)
    if found is None and (joined := re.split(r" (?:or|and) ", words)) and len(joined) > 1:
        parts = [_read(_with_no(words, part)) for part in joined]
        found = None if None in parts else tuple(wish for part in parts for wish in part or ())
    if found is None:
        raise Invalid(
            f"I did not understand the wish {text[:60]!r}. Say for example mornings, no Fridays, not before ten, "
            "or after lunch.",
            code="unknown_wish",
        )
    return tuple(Wish("prefer", wish.value) if soft and wish.kind == "only" else wish for wish in found)


def wish_from(kind: Any, value: Any) -> tuple[Wish, ...]:
    """A wish that a program names by kind and value. Raises Invalid."""
    trait = value if kind == "allow" and value in ALLOWED else trait_of(str(value))
    fits = kind in get_args(Kind) and trait is not None and (kind == "allow") == (trait in ALLOWED)
    if not fits or (kind == "avoid" and trait in ARRANGEMENTS):
        raise Invalid(f"There is no wish to {str(kind)[:20]} {str(value)[:40]!r}.", code="unknown_wish")
    return _opened((Wish(kind, str(trait)),))


def _with_no(words: str, part: str) -> str:
    """ "no Fridays or Mondays": the no counts for both."""
    return f"no {part}" if _AVOID.match(words) and not _AVOID.match(part) else part


def _read(words: str) -> tuple[Wish, ...] | None:
    plain = _FILLER.sub("", words)
    for form in (words, plain):
        if form in _SPOKEN:
            return tuple(Wish(kind, value) for kind, value in _SPOKEN[form])
    if not_time := re.fullmatch(r"(?:not |never |nothing |no )(?:earlier than|sooner than|before) (.+)", words):
        return _limit("before", not_time[1])
    if not_time := re.fullmatch(r"(?:not |never |nothing |no )(?:later than|after|beyond) (.+)", words):
        return _limit("after", not_time[1])
    if limit := re.fullmatch(r"(?:any ?time )?(after|from|before|by|until) (.+?)(?: on(?:wards)?)?", plain):
        return _limit("before" if limit[1] in {"after", "from"} else "after", limit[2])
    avoided = _AVOID.match(words)
    trait = trait_of(_FILLER.sub("", words[avoided.end() :] if avoided else plain).removesuffix(" please"))
    if trait is None or (avoided and trait in ARRANGEMENTS):
        return None
    if trait in ARRANGEMENTS:
        return (Wish("prefer", trait),)
    return _opened((Wish("avoid" if avoided else "only", trait),))


def _limit(side: str, clock: str) -> tuple[Wish, ...] | None:
    if clock in {"lunch", "lunchtime"}:
        return (Wish("avoid", "until_lunch" if side == "before" else "from_lunch"),)
    trait = trait_of(f"{side} {clock}")
    return (Wish("avoid", trait),) if trait else None


def _opened(wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
    """Who asks for a weekend or an evening means it, whatever the working hours are."""
    beyond = {"weekends", "saturday", "sunday", "evenings"}
    if any(wish.kind == "only" and wish.value in beyond for wish in wishes):
        return (*wishes, Wish("allow", "outside_hours"))
    return wishes


def broken_by(wishes: Sequence[Wish], start: datetime, end: datetime, lunch: Stretch | None) -> Wish | None:
    """The first binding wish that this slot breaks. Several "only" of one sort are an either-or."""
    for group in (frozenset(WEEKDAYS) | {"weekends"}, frozenset(PARTS)):
        only = [wish for wish in wishes if wish.kind == "only" and wish.value in group]
        if only and not any(has_trait(wish.value, start, end, lunch) for wish in only):
            return only[0]
    for wish in wishes:
        if wish.kind == "avoid" and has_trait(wish.value, start, end, lunch):
            return wish
        grouped = wish.value in WEEKDAYS or wish.value in PARTS or wish.value == "weekends"
        if wish.kind == "only" and not grouped and not has_trait(wish.value, start, end, lunch):
            return wish
    return None
