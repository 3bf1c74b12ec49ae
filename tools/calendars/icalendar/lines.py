"""An .ics file as components and their lines, read within limits. Pure; knows no meaning of any property.

Not icalendar's parser: it keeps the zones that a file defines for the whole process, and lets a rule in a zone run.
Nothing here is recursive or runs longer than the file is long. What is no calendar at all raises Invalid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from store.errors import Invalid, TooLarge

KEPT = frozenset(
    "UID SUMMARY DESCRIPTION LOCATION DTSTART DTEND DURATION RRULE EXDATE RDATE RECURRENCE-ID STATUS TRANSP ORGANIZER "
    "ATTENDEE SEQUENCE LAST-MODIFIED X-MICROSOFT-CDO-BUSYSTATUS METHOD X-WR-TIMEZONE X-WR-CALNAME NAME TZID "
    "X-LIC-LOCATION TZOFFSETFROM TZOFFSETTO".split()
)
_MOST_PARAMETERS = 50
_COMPONENTS = frozenset({"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT"})
_FOLD = re.compile(rb"\r?\n[ \t]")
_NEWLINE = re.compile(r"\r\n|\n|\r")
_NAME = re.compile(r"\s*([A-Za-z0-9-]{1,80})\s*[;:]")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]{1,80})\s*=\s*((?:"[^"]*"|[^";:])*)')
_UNQUOTED = re.compile(r"([^:]{1,100}):(\d{8}T\d{4,6}Z?)", re.ASCII)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may have at most. ``line_characters``: longer values are cut when they are text, else left out.

    ``slow_rules``: repetitions that need long to be looked through; ``later_changes``: "this and future" changes that
    become series of their own.
    """

    bytes: int = 10_000_000
    lines: int = 400_000
    events: int = 10_000
    line_characters: int = 100_000
    lines_per_event: int = 2_000
    dates_per_event: int = 2_000
    attendees: int = 200
    slow_rules: int = 100
    later_changes: int = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One property: its name in capitals, its parameters (names in capitals), its value as written."""

    name: str
    value: str
    parameters: dict[str, str]

    def text(self) -> str:
        r"""The value with ``\n``, ``\,``, ``\;`` and ``\\`` as what they mean."""
        return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value)


@dataclass(slots=True)
class Component:
    """A VCALENDAR, VEVENT, VTIMEZONE, STANDARD or DAYLIGHT; ``at`` is the number of its first line in the file."""

    name: str
    at: int
    lines: list[Line] = field(default_factory=list[Line])
    parts: list[Component] = field(default_factory=list["Component"])

    def line(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def all(self, name: str) -> Iterator[Line]:
        return (line for line in self.lines if line.name == name)

    def text(self, name: str) -> str:
        line = self.line(name)
        return line.text() if line else ""


def read_components(data: bytes, limits: Limits) -> list[Component]:
    """The calendars of a file; events outside of any are one calendar of their own.

    Raises TooLarge beyond the limits, Invalid for what is no calendar.
    """
    if len(data) > limits.bytes:
        raise TooLarge(f"This calendar file is larger than {limits.bytes // 1_000_000} MB. Export fewer events.")
    if b"BEGIN:V" not in data.upper().replace(b"\0", b""):
        raise Invalid("This is no calendar file: it has no events in the iCalendar format.", code="not_a_calendar")
    lines = _NEWLINE.split(_decoded(_FOLD.sub(b"", data)))
    if len(lines) > limits.lines:
        raise TooLarge(f"This calendar file has more than {limits.lines} lines. Export fewer events.")
    return _Reader(limits).read(lines)


class _Reader:
    """Follows BEGIN and END; what stands in components that nobody asked for (alarms, to-dos) is passed over."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loose = Component("VCALENDAR", 1)
        self._calendars = [self._loose]
        self._open: list[tuple[str, Component | None]] = []
        self._events = 0

    def read(self, lines: Iterable[str]) -> list[Component]:
        for at, text in zip(count(1), lines):
            upper = text[:64].upper().strip()
            if upper.startswith("BEGIN:"):
                self._begin(upper[6:].strip(), at)
            elif upper.startswith("END:"):
                self._end(upper[4:].strip())
            elif text:
                self._property(text)
        return [
            calendar for calendar in self._calendars if calendar.lines or calendar.parts or calendar is not self._loose
        ]

    def _begin(self, name: str, at: int) -> None:
        if len(self._open) >= 50:
            raise Invalid("This calendar file is nested too deeply to be one.", code="not_a_calendar")
        parent = self._open[-1][1] if self._open else self._loose
        component = Component(name, at) if parent is not None and self._belongs(name, parent) else None
        if component is not None and parent is not None:
            (self._calendars if name == "VCALENDAR" else parent.parts).append(component)
            self._events += name == "VEVENT"
            if self._events > self._limits.events:
                raise TooLarge(f"This calendar has more than {self._limits.events} events. Export a shorter time.")
        self._open.append((name, component))

    def _belongs(self, name: str, parent: Component) -> bool:
        if name in {"STANDARD", "DAYLIGHT"}:
            return parent.name == "VTIMEZONE"
        return name in _COMPONENTS and parent.name == "VCALENDAR"

    def _end(self, name: str) -> None:
        """Ends the innermost component of this name, and what was left open in it; misspelt, the innermost of all."""
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position][0] == name:
                del self._open[position:]
                return
        del self._open[-1:]

    def _property(self, text: str) -> None:
        component = self._open[-1][1] if self._open else None
        if component is None or len(component.lines) >= self._limits.lines_per_event:
            return
        match = _NAME.match(text, 0, 100)
        if match and match[1].upper() in KEPT and (line := _line(match, text, self._limits.line_characters)):
            component.lines.append(line)


def _line(match: re.Match[str], text: str, most: int) -> Line | None:
    name, position = match[1].upper(), match.end() - 1
    parameters: dict[str, str] = {}
    for found in _parameters(text, position):
        parameters[found[1].upper()] = found[2].strip().strip('"')
        position = found.end()
    if text[position : position + 1] != ":":
        return None
    value = text[position + 1 : position + 2 + most]
    if len(value) > most and name not in {"SUMMARY", "DESCRIPTION", "LOCATION"}:
        return None
    if "TZID" in parameters and (split := _UNQUOTED.fullmatch(value)):  # TZID=GMT+02:00 without its quotes
        parameters["TZID"] += f":{split[1]}"
        value = split[2]
    return Line(name, value[:most].strip(" \t") if name != "DESCRIPTION" else value[:most], parameters)


def _parameters(text: str, position: int) -> Iterator[re.Match[str]]:
    for _ in range(_MOST_PARAMETERS):
        found = _PARAMETER.match(text, position, position + 2000)
        if not found:
            return
        yield found
        position = found.end()


def _decoded(data: bytes) -> str:
    """UTF-8 as the standard wants it; what is not is read as Windows wrote it. NUL characters are left out."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(name, "replace").replace("\0", "")
    try:
        return data.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").replace("\0", "")
