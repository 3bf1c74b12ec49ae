"""From words to the slots of a task. Pure; decides nothing. From slots to a tool's arguments: ``arguments.py``."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from agent.brain.details import detailed
from agent.brain.doubts import settled
from agent.brain.state import Known, Slots, Task
from tools.calendars.commands.changes import scope_of
from tools.calendars.commands.feasts import feast_named
from tools.calendars.commands.names import Subject, read_people, read_subject, with_people, without
from tools.calendars.commands.target import new_time_at
from tools.calendars.language import Candidate, read
from tools.calendars.language.context import LATE_WORDS
from tools.calendars.language.when import When, moments, read_when
from tools.calendars.parts import is_in_part

LONGEST_ANSWER = 120  # characters; whoever says more is telling something, not naming an event
_ALSO = re.compile(r"\b(?:also|too|as well|add|invite|plus)\b", re.IGNORECASE)
_NOT_WITH = re.compile(r"\bnot (?:with )?[A-Za-z]+", re.IGNORECASE)
_RENAMED = re.compile(
    r"\b(?:call(?:ed)? it|titled?|named?|name it|rename|the title|the name|change the (?:title|name))\b", re.IGNORECASE
)
_ABOUT = re.compile(r"^(?:it'?s |it is |its )?(?:about|for|a|an|the)\s+", re.IGNORECASE)
_SAME_DAY = re.compile(r"\bsame day\b", re.IGNORECASE)
_LEADING_SELF = re.compile(
    r"^(?:it'?s|it is|that'?s|just|let'?s call it|call it|make it|how about|say|maybe)\s+", re.IGNORECASE
)
_EVENT_END = re.compile(r"\b(?:am|pm|noon|midnight|all day)\b")
_GENERIC_EVENT = re.compile(r"^(?:one|thing|event|meeting|appointment|it|that|this)$", re.IGNORECASE)
_MAKES = re.compile(r"\b(?:make|repeat|every|each|let)\b", re.IGNORECASE)


def past_hour(text: str, now: datetime, at: time) -> time | None:
    """ "Half past" of an hour that was said before."""
    minutes = read(text, now).heard.minutes
    if minutes is None:
        return None
    return (datetime.combine(now.date(), time(at.hour)) + timedelta(minutes=minutes)).time()


def repetition(text: str, now: datetime) -> Candidate | None:
    """How often, with the first day of it; None when no series was said, or not clearly."""
    said = read(text, now)
    return said.best if said.best and said.best.rrule and said.ask in {"", "which_day", "which_time"} else None


def booking(text: str, now: datetime) -> tuple[Slots, When]:
    """The slots of a request to book."""
    when = read_when(text, now, bare=True)
    if not when.has_moment:
        when = read_when(text, now)
    subject = read_subject(text, when.spans)
    day = None if when.several_days else when.day
    slots = Slots(
        title=""
        if subject.refers and not subject.attendees and subject.title.lower() not in {"meeting", "appointment", "call"}
        else subject.title,
        attendees=subject.attendees,
        location=subject.location,
        day=day,
        at=when.time,
        guessed_half=when.guessed_half,
        part=when.part,
        duration_min=when.duration_min,
    )
    if not slots.title and slots.attendees:
        slots = replace(slots, title=with_people("Meeting", (), slots.attendees))
    series = repetition(text, now) if when.repeats else None
    if series:
        at = series.start.time() if series.start else slots.at
        slots = replace(slots, repeat=series.rrule, day=series.day, at=at)
        subject = read_subject(text, read(text, now).spans)
        return replace(slots, title=subject.title or slots.title), replace(when, repeats=False, past=False)
    return (replace(slots, day=None, at=None), when) if when.past else (slots, when)


def moving(text: str, now: datetime, last: Known | None) -> tuple[Slots, When]:
    """The slots of a request to move: which event (before "to") and its new start (after it)."""
    cut = new_time_at(text, now)
    left, right = (text[: cut[0]], text[cut[1] :]) if cut else (text, "")
    late = bool(LATE_WORDS.search(text.lower()))
    target = read_when(right, now, bare=True, late=late) if right else When()
    old = read_when(left, now, bare=True)
    subject = read_subject(left, old.spans)
    if not right:
        # "reschedule the call on Friday" tells which one; "move it, Friday at one" tells where to
        old, target = (When(), old) if subject.refers else (old, When())
    shift = read_when(text, now).shift_min
    slots = Slots(
        day=target.day, at=target.time, guessed_half=target.guessed_half, part=target.part, shift_min=shift,
        duration_min=target.duration_min,
    )  # fmt: skip
    slots = _pointing(slots, subject, old, last)
    return (replace(slots, day=None, at=None), target) if target.past else (slots, target)


def cancelling(text: str, now: datetime, last: Known | None) -> Slots:
    """The slots of a request to cancel."""
    if named := feast_named(text):
        when = read_when(named[1], now, bare=True)
        return Slots(event=named[0].capitalize(), event_day=when.day, event_at=when.time)
    when = read_when(text, now, bare=True)
    return _pointing(Slots(), read_subject(text, when.spans), when, last)


def _pointing(slots: Slots, subject: Subject, when: When, last: Known | None) -> Slots:
    """Which event is meant: its words, its time, or the one spoken of before."""
    title = "" if subject.refers or _GENERIC_EVENT.match(subject.title) else subject.title
    if not title and not when.has_moment:
        return replace(slots, known=last, event=last.title if last and subject.refers else "") if last else slots
    if (
        title
        and last
        and not when.has_moment
        and set(title.lower().split()) & set(last.title.lower().split()) - {"with", "meeting"}
    ):
        return replace(slots, known=last, event=last.title)
    return replace(slots, event=title, event_day=when.day, event_at=when.time)


def changed(task: Task, text: str, now: datetime) -> Slots | None:
    """The slots after the caller's answer or correction; None when it says nothing about them."""
    slots = task.slots
    if task.doubt:
        return settled(slots, task.doubt, text)
    when = read_when(text, now, bare=True, late=bool(LATE_WORDS.search(slots.title.lower())))
    if task.asked == "event" and task.stage == "asking":
        return _answered_event(slots, text, when)
    if task.kind == "cancel_many":
        new = replace(slots, day=when.day, last_day=when.last_day, part=when.part or slots.part) if when.day else slots
        return None if new == slots else new
    if task.kind == "cancel":
        scope = scope_of(text)[0]
        return replace(slots, scope=scope) if scope and scope != slots.scope else None
    if task.kind in {"book", "alter"} and (detail := detailed(task, text, now)):
        return detail
    if task.kind == "alter":
        return _altered(slots, text, when, now)
    new = _with_when(slots, when, now)
    minutes = past_hour(text, now, slots.at) if slots.at and not when.time else None
    new = replace(new, at=minutes, guessed_half=False) if minutes else new
    if task.kind == "book":
        series = repetition(text, now) if _MAKES.search(text) else None
        new = replace(new, repeat=series.rrule) if series else new
        new = _with_subject(new, text, when, asked=task.asked if task.stage == "asking" else "")
    else:
        new = replace(new, shift_min=when.shift_min) if when.shift_min else new
        scope = scope_of(text)[0]
        new = replace(new, scope=scope) if scope else new
    if task.slots.known and _SAME_DAY.search(text):
        new = replace(new, day=task.slots.known.start.date())
    return None if new == slots and not _repeats(slots, when) else new


def _altered(slots: Slots, text: str, when: When, now: datetime) -> Slots | None:
    """Another name, length, repetition, or more of the series."""
    named = _with_subject(replace(slots, attendees=()), text, when, asked="")
    series, scope = repetition(text, now), scope_of(text)[0]
    new = replace(
        slots,
        title=named.title,
        duration_min=when.duration_min or slots.duration_min,
        repeat=series.rrule if series else slots.repeat,
        scope=scope or slots.scope,
    )
    return None if new == slots else new


def _repeats(slots: Slots, when: When) -> bool:
    """The caller said again what is known already: an answer all the same."""
    return bool(when.time and when.time == slots.at) or bool(when.day and when.day == slots.day)


def _with_when(slots: Slots, when: When, now: datetime) -> Slots:
    day = when.day if when.day and not when.several_days else slots.day
    at, guessed = (when.time, when.guessed_half) if when.time else (slots.at, slots.guessed_half)
    part = when.part or slots.part
    if when.time and when.guessed_half and part and not when.part and not is_in_part(part, when.time):
        other = when.time.replace(hour=(when.time.hour + 12) % 24)
        at = other if is_in_part(part, other) else at
    if when.part and not when.time and slots.at and not is_in_part(when.part, slots.at):
        at = None
    if when.past and day and at and datetime.combine(day, at) <= now.replace(tzinfo=None):
        day, at = (day, None) if day >= now.date() else (None, at)
    return replace(
        slots, day=day, at=at, guessed_half=guessed, part=part, duration_min=when.duration_min or slots.duration_min
    )


def _with_subject(slots: Slots, text: str, when: When, *, asked: str) -> Slots:
    people = read_people(_NOT_WITH.sub("", text))
    if people and not _RENAMED.search(text) and slots.title:
        everyone = tuple(dict.fromkeys((*slots.attendees, *people))) if _ALSO.search(text) else people
        title = with_people(slots.title, slots.attendees, everyone)
        return replace(slots, attendees=everyone, title=title)
    if (_RENAMED.search(text) or asked == "title") and len(text) <= LONGEST_ANSWER:
        cleaned = _LEADING_SELF.sub("", without(text, when.spans).strip(" .,!?"))
        subject = read_subject(cleaned)
        title = subject.title or (_ABOUT.sub("", cleaned).strip(" .,!?").capitalize() if asked == "title" else "")
        if title:
            return replace(slots, title=title, attendees=subject.attendees or slots.attendees)
    return slots


def corrected(text: str, when: When) -> Slots:
    """What a correction says about title and people, without knowing what it corrects."""
    found = _with_subject(Slots(title="-"), text, when, asked="")
    return replace(found, title="" if found.title.startswith("-") else found.title)


def _answered_event(slots: Slots, text: str, when: When) -> Slots | None:
    subject = read_subject(_LEADING_SELF.sub("", text), ()) if not when.spans else read_subject(text, when.spans)
    title = "" if subject.refers or len(text) > LONGEST_ANSWER else subject.title
    if not title and not when.has_moment:
        return None
    return replace(slots, event=title, event_day=when.day, event_at=when.time, known=None)


def located(fact: str, title: str, now: datetime, default_day: date) -> Known | None:
    """The event called ``title`` in a spoken agenda, with the day and time said around it."""
    words = _telling(title)
    lowered = fact.lower()
    places = [_place_of(word, lowered) for word in words]
    if not words or min(places) < 0:
        return None
    after = [m for m in re.finditer(r"\bfrom\b|\bat\b", lowered) if m.start() > max(places)]
    if after and "all day" in lowered[max(places) : after[0].start()]:
        return None
    segment = fact[: _end_of_time(fact, after[0].start())] if after else ""
    found = moments(segment, now, default_day)
    return Known(title, found[-1]) if found else None


def _place_of(word: str, lowered: str) -> int:
    """Where it is said; of "the stand-ups" each one is a stand-up."""
    place = lowered.find(word)
    return lowered.find(word[:-1]) if place < 0 and len(word) > 2 and word.endswith("s") else place


def tells_of(fact: str, title: str) -> bool:
    """Whether one event of a spoken agenda has all the telling words of ``title``."""
    events = _EVENT_END.split(fact.lower())
    return any(all(re.search(rf"\b{word}", event) for word in _telling(title)) for event in events)


def _telling(title: str) -> list[str]:
    words = re.findall(r"[^\W_]+", title.lower())
    return [word for word in words if word not in {"my", "the", "of", "with", "meeting", "appointment", "a"}] or words


def _end_of_time(fact: str, place: int) -> int:
    """Behind the time that starts at ``place`` ("from 9 to 10 AM", "at noon")."""
    match = re.compile(r"(?:from|at) .*?(?=, (?!and \d)| and [A-Z]|;|\.|$)").match(fact, place)
    return match.end() if match else len(fact)
