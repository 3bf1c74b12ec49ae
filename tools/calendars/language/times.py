"""Which of the numbers in a sentence are times, and how they belong together: a choice, a correction, an end. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from tools.calendars.language.clock import LEAD, Clock, find_clocks
from tools.calendars.language.context import Spans, corrected

_OR = re.compile(r"\s(?:or|and)\s(?:maybe\s|perhaps\s|again\s|then\s)*(?:at\s)?$")
_BEFORE_OR = re.compile(r"\sor\s(?:maybe\s|perhaps\s)?(?:at\s)?(?:\d|half|quarter|noon)")
_CORRECTED = re.compile(
    r"\b(?:sorry|no|mean|meant|make\sthat|make\sit|rather|actually|wait)\s(?:at\s|its\s|around\s)?$"
)
_GOES_ON = re.compile(r"\b(?:until|to|through)\s(?:about\s|around\s)?$")
_BESIDE = re.compile(r"_\s(?:at\s|around\s)?$")
_LONE = re.compile(
    r"(?:(?:um|uh|okay|ok|yes|no|sorry|actually|then|lets|say|make|it|that|at|about|around|how|better|rather|"
    r"to|i|mean|meant|said|please|instead|_+)\s?)*"
)
Bound = Literal["", "before", "after"]
_LIMIT = re.compile(
    r"\b(?:(?P<before>(?<!not\s)(?<!nothing\s)before|until|by|no\slater\sthan|(?:not|nothing)\s(?:after|later\sthan)|(?<!no\s)earlier\sthan)"
    r"|(?P<after>(?<!not\s)(?<!nothing\s)after|(?:not|nothing)\s(?:before|earlier\sthan)|(?<!no\s)later\sthan|no\searlier\sthan))\s(?:about\s|around\s)?$"
)
_LIMIT_BEHIND = re.compile(
    r"\s(?:_+\s)*(?:(?P<after>at\sthe\searliest|onwards?|or\s(?:later|after))"
    r"|at\sthe\s(?:very\s)?latest|or\s(?:earlier|before))\b"
)


def times_together(text: str) -> tuple[list[Clock], Spans]:
    """The times said in text whose days are blanked: one, or the several it may be; and where times stand at all.

    Numbers without a clock's words count only beside a day, alone, or as another time's alternative or correction.
    """
    found = find_clocks(text, bare=True, across=True)
    kept = [
        clock
        for at, clock in enumerate(found)
        if not clock.bare or _stands_for_time(text, clock, found[at - 1] if at else None)
    ]
    kept = corrected(_sure_ones(text, kept), text)
    said = [(clock.start, clock.end) for clock in found if not clock.bare or clock in kept]
    if len(kept) == 2 and kept[0].until is None and _goes_on(text, kept[1]):
        kept = [replace(kept[0], until=kept[1])]
    return kept, said


def _goes_on(text: str, clock: Clock) -> bool:
    """ "start at nine and go until ten"."""
    return bool(_GOES_ON.search(text[max(0, clock.start - 16) : _begins(text, clock)]))


def _begins(text: str, clock: Clock) -> int:
    """Where the time itself begins, behind "until", "at about"."""
    lead = LEAD.match(text, clock.start)
    return lead.end() if lead else clock.start


def bound_of(text: str, clock: Clock) -> Bound:
    """ "before four", "after three": the time is a limit, not the time meant."""
    if clock.until:
        return ""
    behind = _LIMIT_BEHIND.match(text, clock.end)
    if behind:
        return "after" if behind["after"] else "before"
    match = _LIMIT.search(text[max(0, clock.start - 16) : _begins(text, clock)])
    if match is None:
        return ""
    return "before" if match["before"] else "after"


def _sure_ones(text: str, clocks: list[Clock]) -> list[Clock]:
    """Times said as times; a lone number counts as one only where there is no such, or as its alternative ("or 10")."""
    if all(clock.bare for clock in clocks):
        return clocks
    return [clock for clock in clocks if not clock.bare or _told_besides(text, clock)]


def _told_besides(text: str, clock: Clock) -> bool:
    """A lone number that only a time can be: an alternative, a correction, a limit."""
    before, after = text[: clock.start], text[clock.end :]
    return bool(_OR.search(before) or _BEFORE_OR.match(after) or _CORRECTED.search(before) or bound_of(text, clock))


def _stands_for_time(text: str, clock: Clock, earlier: Clock | None) -> bool:
    """Whether a lone number is beside a day, all there is, or another time's alternative."""
    before, after = text[: clock.start], text[clock.end :]
    if bound_of(text, clock) or (earlier and _CORRECTED.search(text[earlier.end : clock.start])):
        return True
    if earlier and _OR.fullmatch(text[earlier.end : clock.start]):
        return True
    if _BEFORE_OR.match(after):
        return True
    return (
        (bool(before) and bool(_BESIDE.search(before[-12:])))
        or after.startswith(" _")
        or (bool(_LONE.fullmatch(before)) and bool(_LONE.fullmatch(after.lstrip())))
    )
