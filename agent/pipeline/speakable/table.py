"""What a language needs so that numbers, dates and signs can be read in it: one `Tongue`, data and small functions.

To add a language: a module like `english` that makes a Tongue, and its row in `tongues`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

Spoken = str | None  # None: leave it as it is written
Reader = Callable[[re.Match[str]], Spoken]


def rule(pattern: str, reader: Reader) -> tuple[re.Pattern[str], Reader]:
    """A row of rules: what is read, and how."""
    return re.compile(pattern), reader


def any_of(names: Iterable[str]) -> str:
    """A pattern for one of these, the longest that fits."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Currency:
    """Each as a whole phrase for one, and as a noun for more: "one dollar", "dollars", "one cent", "cents"."""

    one: str
    many: str
    part_one: str
    part_many: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The small words between what is read."""

    to: str
    at: str
    dot: str
    dash: str
    underscore: str
    slash: str
    point: str
    minus: str
    plus: str
    times: str
    by: str
    equals: str
    about: str
    plus_or_minus: str
    less_than: str
    more_than: str
    at_most: str
    at_least: str
    per: str
    percent: str
    per_mille: str
    number: str
    section: str
    version: str
    extension: str
    yes: str
    no: str
    and_: str
    date_at: str
    code: str  # a sentence, said instead of a block of program code


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """One language. Numbers come as integers and leave as words; ``month`` counts from 1, ``year`` may be None.

    ``clock(hour, minute, half)``: ``half`` is "am", "pm" or "". ``date(day, month, year, before)``: ``before`` is the
    lower-case word in front, for languages that bend the day; ``day_month`` the same where the day was written first.
    ``money(units, parts, currency)``: units and hundredths.
    ``before_noun`` bends a number word in front of a noun. ``own``: rules of this language alone, tried first.
    ``openers``: lower-case words after which the next word must be seen before the first can be spoken.
    """

    code: str
    cardinal: Callable[[int], str]
    ordinal: Callable[[int], str]
    year: Callable[[int], str]
    clock: Callable[[int, int, str], str]
    date: Callable[[int, int, int | None, str], str]
    day_month: Callable[[int, int, int | None, str], str]
    fraction: Callable[[int, int], str]
    money: Callable[[int, int, Currency], str]
    words: Words
    months: tuple[str, ...]
    short_months: Mapping[str, int]
    short_days: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]  # "km" -> ("one kilometer", "kilometers")
    currencies: Mapping[str, Currency]
    scales: Mapping[str, str]  # "M" -> "million"
    abbreviations: Mapping[str, str]
    acronyms: Mapping[str, str]  # as words: "ASAP" -> "as soon as possible"
    spelled: frozenset[str]  # letter by letter although they have vowels
    openers: frozenset[str]
    decimal_mark: str = "."
    day_first: bool = False
    twelve_hours: bool = False  # 14:30 is half past two
    clock_word: str = r"h\b"  # a pattern: said with the time already
    year_words: str = ""  # a pattern: four digits behind one of these are a year
    before_noun: Callable[[str], str] = lambda words: words
    own: tuple[tuple[re.Pattern[str], Reader], ...] = field(default=())

    def digit(self, character: str) -> str:
        return self.cardinal(int(character))
