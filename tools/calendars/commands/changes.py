"""A sentence about an event that exists: which one, and what shall be different of it. Pure.

The new time stays a `Reading`, because a bare "to five" is only complete with the day of the event. To add a kind of
change: a reader in ``_READERS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tools.calendars.backend import Scope
from tools.calendars.commands.asking import question_of
from tools.calendars.commands.command import Command
from tools.calendars.commands.feasts import feast_named
from tools.calendars.commands.names import ROOM, read_invited, read_subject, without
from tools.calendars.commands.target import new_time_at
from tools.calendars.language import Reading, read

_ASKED = 0.5
_SCOPES: tuple[tuple[Scope, re.Pattern[str]], ...] = (
    ("following", re.compile(
        r"[\s,]*\b(?:(?:from|starting) (?:then|now|there|that (?:one|day)|this one) on(?:wards?)?|"
        r"(?:this|it|that)(?: one)? and (?:all |every ?(?:one |thing )?)?(?:the )?(?:following|after(?: it| that)?|"
        r"later|next)(?: ones?)?|(?:and )?(?:all|every one|everything) (?:after(?: it| that)?|that follow)|"
        r"on ?wards?)\b",
        re.IGNORECASE)),
    ("all", re.compile(
        r"\b(?:(?:the )?(?:whole|entire|complete|full) (?:series|thing)(?: of)?|all of (?:them|it|the)|"
        r"every (?:single )?one(?: of (?:them|the))?|all (?:the|my|our)\b(?=.*s\b)|the series(?: of)?|"
        r"all (?:future|coming|occurrences of))\b",
        re.IGNORECASE)),
    ("this", re.compile(r"[\s,]*\b(?:just|only) (?:this|that)(?: (?:one|once|time|day))?\b|[\s,]*\bonly once\b", re.I)),
)  # fmt: skip
_FROM_ON = re.compile(r"\b(?:from|starting)\b(?P<when>.+?)\b(?:on|onwards?)\b[\s.,!?]*$", re.IGNORECASE)
_RENAME = re.compile(
    r"\b(?:rename|retitle)\s+(?P<event>.+?)\s+(?:to|as|into)\s+(?P<title>.+)$|"
    r"\b(?:call|name|title)\s+(?P<it>it|that|this)\s+(?P<called>.+)$|"
    r"\bchange\s+(?:the\s+)?(?:title|name)(?:\s+of\s+(?P<of>.+?))?\s+to\s+(?P<to>.+)$",
    re.IGNORECASE,
)
# a second wish of the same event: "move it to Friday and call it Review"
_AND_CALLED = re.compile(
    r"[\s,]+(?:and|then|and then)\s+(?:(?:call|name|title)\s+(?:it|that|this)|(?:rename|retitle)\s+(?:it|that|this)\s+"
    r"(?:to|as|into))\s+(?P<title>.+?)(?:[\s,]+please)?[\s.!?]*$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:change|move|set|update)\s+(?:the\s+)?(?:place|location|room)(?:\s+(?:of|for)\s+(?P<of>.+?))?\s+to\s+(?P<to>.+)$",
    re.IGNORECASE,
)
_PUT = re.compile(
    rf"\b(?:put|move|have|hold|do|make|bring)\s+(?P<of>.+?)\s+(?:in|into|to|at)\s+(?P<to>{ROOM})[\s.!?]*$|"
    r"\b(?:location|place) is (?:in |at )?(?P<is>.+)$",
    re.IGNORECASE,
)
_INVITE = re.compile(
    r"\b(?:add|invite)\s+(?P<who>.+?)(?:\s+to\s+(?P<event>.+?)|\s+(?:as well|too|also))?[\s.!?]*$", re.IGNORECASE
)
_MAKES = re.compile(r"\b(?:make|repeat|change|turn|let|set|have|update)\b", re.IGNORECASE)
_SINGLE = re.compile(
    r"\b(?:(?:only|just) once|(?:a )?single event|one ?-?off|stop (?:repeating|the series)|no longer repeat|"
    r"not repeat|end the series)\b",
    re.IGNORECASE,
)
_ADJECTIVE = re.compile(r"\b(?:the|my|our|that|this)\s*$", re.IGNORECASE)
_LONGER = re.compile(r"\b(?P<more>longer|extend|prolong|lengthen)\b|\b(?P<less>shorter|shorten)\b", re.IGNORECASE)
_TO_LENGTH = re.compile(r"\bto (?:\w+ ){0,3}(?:hours?|minutes?)\b", re.IGNORECASE)
_WANTS = re.compile(
    r"^\W*(?:(?:actually|no|sorry|oh|please|rather|and|then|okay|ok)\W+)*(?:make|change|set|half|quarter)\b", re.I
)
_EVERYTHING = re.compile(
    r"\b(?:every ?thing|all(?: (?:of )?(?:my|the|our))?(?: (?P<kind>\w+s))?|"
    r"(?:my |the )?(?:whole|entire) (?:day|week|afternoon|morning|evening))\b|"
    r"^\W*(?:please )?clear\b",
    re.IGNORECASE,
)
_VERBS = re.compile(
    r"\b(?:extend|shorten|prolong|lengthen|repeat|longer|shorter|stop|repeating|reschedule|swap|update|edit|turn|into|"
    r"relocate|by|to|a)\b",
    re.IGNORECASE,
)
_GENERIC = re.compile(r"^(?:one|thing|event|it|that|this|them|series)$", re.IGNORECASE)


def updating(text: str, now: datetime, said: Reading, sure: float, *, knows_last: bool) -> Command:
    """What shall be different of which event."""
    command = Command(operation="update", confidence=sure)
    scope, rest = scope_of(text)
    both = _AND_CALLED.search(rest)
    title = both["title"].strip(" .,!?\"'“”") if both else ""
    if both:
        rest = rest[: both.start()]
    for reader in _READERS:
        if found := reader(rest, now, replace(command, scope=scope)):
            command = replace(found, title=f"{title[:1].upper()}{title[1:]}" if title else found.title)
            break
    else:
        return _asked(_pointed(command, rest, said), "what_change", "What shall be different, and of which event?")
    return _which(command, knows_last=knows_last) if not command.ask else command


def deleting(text: str, now: datetime, said: Reading, sure: float, *, knows_last: bool) -> Command:
    """Which event to cancel, or all of some time."""
    scope, rest = scope_of(text)
    command = Command(operation="delete", confidence=sure, scope=scope)
    onwards = _FROM_ON.search(rest)
    if onwards and not scope:
        command = replace(command, scope="following")
    named = feast_named(rest)
    said = read(named[1] if named else rest, now) if named or rest != text else said
    if said.ask in {"impossible", "which_day"} and not onwards:
        return _asked(command, said.ask, question_of(said, now.date()), said)
    everything = None if command.scope else _EVERYTHING.search(rest)
    if everything:
        kind = everything["kind"] or ""
        command = replace(command, everything=True, event="" if kind in {"events", "things"} else kind, when=said.best)
        if said.best is None or said.best.day is None:
            return _asked(command, "which_day", "Of which day?")
        return command
    return _which(_pointed(command, rest, said), knows_last=knows_last)


def scope_of(text: str) -> tuple[Scope | None, str]:
    """What of a series is meant, and the sentence without those words ("all of them" leaves "them")."""
    for scope, pattern in _SCOPES:
        if match := pattern.search(text):
            left = "it" if re.search(r"them|it$|one", match.group(0), re.IGNORECASE) and scope != "this" else ""
            if scope == "following" and re.match(r"\W*(?:this|it|that)\b", match.group(0), re.IGNORECASE):
                left = " it"
            return scope, re.sub(r"\s+", " ", f"{text[: match.start()]} {left} {text[match.end() :]}").strip()
    return None, text


def _renamed(text: str, now: datetime, command: Command) -> Command | None:
    match = _RENAME.search(text)
    if match is None:
        return None
    title = (match["title"] or match["called"] or match["to"]).strip(" .,!?\"'“”")
    event = match["event"] or match["of"] or match["it"] or "it"
    return replace(_pointed(command, event, read(event, now)), title=title[:1].upper() + title[1:])


def _placed(text: str, now: datetime, command: Command) -> Command | None:
    match = _PUT.search(text)
    place = match and (match["to"] or match["is"])
    if match is None and (match := _PLACE.search(text)) and not read(match["to"], now).best:
        place = match["to"]
    if match is None or not place:
        return None
    event = match["of"] or "it"
    return replace(_pointed(command, event, read(event, now)), location=place.strip(" .,!?\"'"))


def _invited(text: str, now: datetime, command: Command) -> Command | None:
    match = _INVITE.search(text)
    if match is None:
        return None
    people, event = read_invited(match["who"]), match["event"] or "it"
    return replace(_pointed(command, event, read(event, now)), attendees=people) if people else None


def _repeated(text: str, now: datetime, command: Command) -> Command | None:
    """ "Make it weekly"; not "move my weekly call"."""
    if single := _SINGLE.search(text):
        rest = text[: single.start()] + text[single.end() :]
        return replace(_pointed(command, rest, read(rest, now)), rule="once")
    said = read(text, now)
    best, series = said.best, said.heard.series
    if best is None or not best.rrule or series is None or not _MAKES.search(text):
        return None
    if said.spans and _ADJECTIVE.search(text[: said.spans[0][0]]):
        return None
    if said.ask in {"how_often", "which_days", "impossible"}:
        return _asked(command, said.ask, question_of(said, now.date()), said)
    new = said if said.heard.clock else None
    pointed = _pointed(command, _VERBS.sub(" ", without(text, said.spans)), read("", now))
    return replace(pointed, rule=best.rrule, new=new, scope=None)


def _lengthened(text: str, now: datetime, command: Command) -> Command | None:
    said = read(text, now)
    minutes = said.heard.length_min
    if not minutes or said.heard.clock or said.shift_min:
        return None
    way, rest = _LONGER.search(text), _VERBS.sub(" ", without(text, said.spans))
    pointed = _pointed(command, rest, said, is_cut=True)
    if way and not _TO_LENGTH.search(text):
        return replace(pointed, longer_min=minutes if way["more"] else -minutes)
    return replace(pointed, duration_min=minutes)


def _shifted(text: str, now: datetime, command: Command) -> Command | None:
    said = read(text, now)
    if said.shift_min is None:
        return None
    pointed = _pointed(command, _VERBS.sub(" ", without(text, said.spans)), said, is_cut=True)
    if way := _LONGER.search(text):  # "extend it by ten minutes"
        return replace(pointed, longer_min=abs(said.shift_min) * (1 if way["more"] else -1))
    return replace(pointed, shift_min=said.shift_min)


def _moved(text: str, now: datetime, command: Command) -> Command | None:
    cut = new_time_at(text, now)
    if cut:
        left, new = text[: cut[0]], read(text[cut[1] :], now)
        return _to(_pointed(command, left, read(left, now)), new)
    said = read(text, now)
    if said.heard.minutes is not None:
        return replace(_pointed(command, re.sub(r"\b(?:half|quarter|past|to)\b", "", text), said),
                       past_hour_min=said.heard.minutes)  # fmt: skip
    subject = read_subject(text, said.spans)
    if said.heard.empty or not (subject.refers or _WANTS.match(text)):
        return None
    return _to(_pointed(command, without(text, said.spans), read("", now)), said)


def _to(command: Command, new: Reading) -> Command:
    """``new`` is asked for here only when no event's day could settle it."""
    if new.ask in {"impossible", "how_often", "which_days"} or (new.ask and new.heard.days):
        return _asked(replace(command, new=new), new.ask, question_of(new, new.now.date()), new)
    return replace(command, new=new, confidence=min(command.confidence, new.best.confidence if new.best else 1))


_READERS: tuple[Callable[[str, datetime, Command], Command | None], ...] = (
    _renamed, _placed, _invited, _repeated, _shifted, _lengthened, _moved,
)  # fmt: skip


def _pointed(command: Command, text: str, said: Reading, *, is_cut: bool = False) -> Command:
    """Which event ``text`` names: its words, its day, its time. ``is_cut``: what ``said`` read is out of it already."""
    if named := feast_named(text):
        there = _pointed(command, named[1], read(named[1], said.now))
        return replace(there, event=f"{named[0][:1].upper()}{named[0][1:]}", refers=False)
    subject = read_subject(text, () if is_cut else said.spans)
    title = "" if subject.refers or _GENERIC.match(subject.title) else subject.title
    best = said.best
    day = best.day if best and said.heard.days else None
    at = best.start.time() if best and best.start and said.heard.clock else None
    return replace(command, event=title, event_day=day, event_at=at, refers=not (title or day or at))


def _which(command: Command, *, knows_last: bool) -> Command:
    if command.refers and not knows_last:
        return _asked(command, "which_event", "Which event do you mean?")
    return command


def _asked(command: Command, ask: str, question: str, said: Reading | None = None) -> Command:
    options = said.candidates if said and said.ask != "impossible" else ()
    return replace(command, ask=ask, question=question, candidates=options, confidence=min(command.confidence, _ASKED))
