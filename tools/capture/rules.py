"""Taking a value down with care: what follows from what the caller said. Pure; no clock, no channel, no model.

heard -> read back -> confirmed; corrected and read back again; spelled on the second try; typed or keyed on the third.
`begin` with what was said, `answer` each sentence after it, `entered` for what was typed or keyed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from tools.capture.corrections import corrected
from tools.capture.model import Asks, Capture, Kind, State, Step
from tools.capture.readback import NO_KEYS, ask, ask_spelled, ask_typed, read_back
from tools.capture.reading import read_value
from tools.capture.typed import typed_value
from tools.consent import says_yes

_MOST_CHANGES = 3  # after as many corrections letters are typed rather than talked about
_MOST_UNCLEAR = 2
_REFUSES = re.compile(
    r"^\W*(?:no|nope|nah|not quite|not right|wrong|that's wrong|that is wrong|that's not|that is not"
    r"|incorrect|nein|falsch)\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|except|only|actually|with an?|instead|not|should be|without)\b", re.IGNORECASE)
_LEAVES = re.compile(
    r"\b(?:never mind|forget (?:it|about it)|skip (?:it|that|this)|leave it|go on without|without it|doesn't matter|"
    r"don't want to|rather not|forget that|cancel (?:it|that))\b",
    re.IGNORECASE,
)
_KNOWN = {
    Kind.NAME: Asks.NAME,
    Kind.EMAIL: Asks.EMAIL,
    Kind.PHONE: Asks.DIGITS,
    Kind.DATE: Asks.WHEN,
    Kind.AMOUNT: Asks.DIGITS,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the caller is: ``now`` in their zone, and whether they have a page to type in or only keys."""

    now: datetime
    by_phone: bool = False


def begin(kind: Kind, said: str, place: Place) -> Step:
    """The first try; with nothing said yet, the question for it."""
    capture = Capture(kind=kind, state=State.SPELLING)
    if not said.strip():
        return Step(capture, ask(kind), _KNOWN[kind])
    value = read_value(kind, said, place.now)
    return _told(capture, value, place) if value else _again(capture, place)


def answer(capture: Capture, said: str, place: Place) -> Step:
    """The caller's next sentence. An end that was reached stays; whoever wants another value begins anew."""
    if not capture.is_open:
        return Step(capture, "", Asks.NOTHING)
    if _LEAVES.search(said):
        return _given_up(capture)
    if capture.state is State.READ_BACK:
        return _after_read_back(capture, said, place)
    value = read_value(capture.kind, said, place.now)
    if value:
        return _told(replace(capture, spelled=capture.spelled or capture.tries > 0), value, place)
    if capture.state is State.OFFERED and says_yes(said) and place.by_phone:
        return _given_up(capture)
    return _again(capture, place)


def entered(capture: Capture, value: str, place: Place) -> Step:
    """Typed or keyed: no ears in between, so it counts as it is when it can be a value of this kind."""
    clean = typed_value(capture.kind, value, place.now)
    if not clean:
        return Step(capture, ask_typed(capture.kind, by_phone=place.by_phone), Asks.NOTHING)
    return Step(replace(capture, state=State.CONFIRMED, before=capture.value, value=clean), "", Asks.NOTHING)


def _after_read_back(capture: Capture, said: str, place: Place) -> Step:
    agrees = says_yes(said) and not _REFUSES.match(said)
    if agrees and not _BUT.search(said):
        return Step(replace(capture, state=State.CONFIRMED), "", Asks.NOTHING)
    changed = corrected(capture.kind, capture.value, said, place.now)
    if changed:
        return _changed(capture, changed, place)
    if _REFUSES.match(said):
        return _again(capture, place)
    if capture.unclear + 1 >= _MOST_UNCLEAR:
        return _again(replace(capture, unclear=0), place)
    return _told(replace(capture, unclear=capture.unclear + 1), capture.value, place)


def _changed(capture: Capture, value: str, place: Place) -> Step:
    changed = replace(capture, before=capture.value, changed=capture.changed + 1, unclear=0)
    if changed.changed > _MOST_CHANGES:
        return _offered(changed, place)
    by_letter = capture.kind in {Kind.NAME, Kind.EMAIL} and _is_near(capture.value, value)
    return _told(replace(changed, spelled=capture.spelled or by_letter), value, place)


def _is_near(before: str, after: str) -> bool:
    """Changed by a letter or two, which only spelling makes audible."""
    return abs(len(before) - len(after)) <= 2


def _told(capture: Capture, value: str, place: Place) -> Step:
    capture = replace(capture, value=value, state=State.READ_BACK)
    says = read_back(capture.kind, value, spelled=capture.spelled or capture.unclear > 0, today=place.now.date())
    return Step(capture, says, Asks.YES_NO)


def _again(capture: Capture, place: Place) -> Step:
    """It was not right, or not heard: the second try is spelled, the third is not spoken at all."""
    capture = replace(capture, tries=capture.tries + 1, unclear=0)
    if capture.tries > 1:
        return _offered(capture, place)
    asks = Asks.SPELLING if capture.kind in {Kind.NAME, Kind.EMAIL} else _KNOWN[capture.kind]
    return Step(replace(capture, state=State.SPELLING), ask_spelled(capture.kind), asks)


def _offered(capture: Capture, place: Place) -> Step:
    if capture.state is State.OFFERED and capture.tries > _MOST_CHANGES:
        return _given_up(capture)
    says = ask_typed(capture.kind, by_phone=place.by_phone)
    asks = Asks.YES_NO if says == NO_KEYS else Asks.DIGITS if place.by_phone else Asks.NOTHING
    return Step(replace(capture, state=State.OFFERED), says, asks)


def _given_up(capture: Capture) -> Step:
    return Step(replace(capture, state=State.GIVEN_UP, value=""), "", Asks.NOTHING)
