"""Repetition in normal words: "every 2nd monday", "the last friday of every month", "twice a week". Pure.

To add an expression: one row in `_RULES`, most specific first; its function makes the `Series` of the match, or None.
What the sentence says besides ("on the 15th", "until december 1st") is added by `complete` from its days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tools.calendars.language.context import OF_CORRECTION, blank, corrected
from tools.calendars.language.dates import MONTHS, WEEKDAYS
from tools.calendars.language.days import Days
from tools.calendars.language.rules import CODES, WORKING, Frequency, Limit, Rule, on_weekdays

_WD = rf"(?:{'|'.join(WEEKDAYS)})"
_AND = r"\s(?:and\s|or\s)?(?:on\s|every\s|each\s)?"
_LIST = rf"(?P<days>{_WD}s?(?:{_AND}{_WD}s?){{0,6}})"
_FROM_TO = rf"(?P<first>{_WD})s?\s(?:to|through|until)\s(?P<last>{_WD})s?"
_EVERY = r"(?:every|each)"
_ORD = r"(?:1st|2nd|3rd|4th|5th|last)"
_ORDS = rf"(?P<ords>{_ORD}(?:\s(?:and\s)?(?:the\s)?{_ORD}){{0,4}})"
_NTHS = r"(?P<nths>\d{1,2}(?:st|nd|rd|th)(?:\s(?:and\s)?(?:the\s)?\d{1,2}(?:st|nd|rd|th)){0,6})"
_LAST_DAY = r"(?P<end>last\sday|end)"
_UNITS: dict[str, tuple[Frequency, int]] = {
    "day": ("DAILY", 1), "week": ("WEEKLY", 1), "fortnight": ("WEEKLY", 2), "month": ("MONTHLY", 1),
    "quarter": ("MONTHLY", 3), "year": ("YEARLY", 1),
}  # fmt: skip
_ADVERBS = {"daily": "day", "nightly": "day", "weekly": "week", "fortnightly": "fortnight", "monthly": "month",
            "quarterly": "quarter", "yearly": "year", "annually": "year"}  # fmt: skip
_LIMIT_FOR = re.compile(
    r"\bfor\s(?:the\s)?(?:next\s)?(?:1\s)?(?P<count>\d+|a couple of|a|an)\s(?P<unit>day|week|month|year)s?\b"
)
_LIMIT_TIMES = re.compile(
    r"\b(?P<times>\d+)\s(?:times|occurrences|sessions|instances|repetitions)\b(?!\s(?:a|per|each))"
)
_LIMIT_WEEKDAYS = re.compile(rf"\b(?:for\s)?(?:the\s)?(?:next\s)?(?P<times>\d+)\s(?={_WD}s\b)")
_EXCEPT = re.compile(
    rf"\b(?:except|but(?:\snot)?|apart\sfrom|excluding|other\sthan|without)\s(?:for\s)?(?:on\s)?"
    rf"(?:{_LIST}|(?P<ends>weekends?))\b"
)
_OF_THE_MONTH = re.compile(
    rf"\b(?:on\s)?(?:the\s)?{_ORDS}\s(?P<weekday>{'|'.join(WEEKDAYS)})s?(?:\s(?:of|in)\s(?:the|each|every)\smonth)?\b"
)
_WORKING = re.compile(r"\b(?:on\s)?weekdays\b")
_ON_LIST = re.compile(rf"\b(?:on\s)?(?:{_FROM_TO}|{_LIST})\b")
_UNTIL = re.compile(r"\b(?:until|through|up to|ending|ends|finishing|to)\s(?:and\sincluding\s)?(?:on\s)?(?:the\s)?$")
_LEFT_OUT = re.compile(r"\b(?:except|but\snot|apart\sfrom|excluding|skipping)\s(?:for\s)?(?:on\s)?(?:the\s)?$")
_STARTING = re.compile(r"\b(?:starting|starts|beginning|begins|from|as of|effective)\s(?:on\s|from\s)?(?:the\s)?$")


@dataclass(frozen=True, slots=True)
class Series:
    """A repetition as said. ``others``: rules it may mean as well; ``ask``: "how_often" or "which_days".

    ``part``: of the day ("every morning"). ``per``: so many times a week, when the days are to follow. ``starts``: the
    day it shall begin. ``without``: single days that are left out. ``spans``: what of the normal text said it.
    """

    rule: Rule
    limit: Limit = field(default_factory=Limit)
    others: tuple[Rule, ...] = ()
    ask: str = ""
    part: str = ""
    per: int = 0
    starts: Days | None = None
    without: tuple[date, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def find_series(text: str) -> Series | None:
    """The repetition that normal text asks for, its length ("for six weeks", "five times") with it; None without.

    Of two the one after words of correction ("every week, no, every two weeks").
    """
    found = _first_series(text)
    correction = next(OF_CORRECTION.finditer(text, found.spans[0][1]), None) if found else None
    later = _first_series(blank(text, [(0, correction.end())])) if correction else None
    return replace(later, spans=(*later.spans, *found.spans)) if found and later else found


def _first_series(text: str) -> Series | None:
    for pattern, make in _RULES:
        for match in pattern.finditer(text):
            series = make(match)
            if series is not None:
                return _limited(text, replace(series, spans=(match.span(),)))
    return None


def complete(series: Series, text: str, days: Sequence[Days]) -> tuple[Series, list[Days]]:
    """The series with what ``days`` of the text add to it (its end, its start, its day), and the days that are left.

    ``text`` has the series blanked; the days are where they were found in it.
    """
    left: list[Days] = []
    for day in days:
        before = text[max(0, day.start - 32) : _said_from(text, day)]
        if ends(text, day) and not series.limit.times:
            series = replace(series, limit=replace(series.limit, until=day.last))
        elif _LEFT_OUT.search(before):
            said = (max(0, day.start - 32), day.start)
            series = replace(series, without=(*series.without, day.first), spans=(*series.spans, said))
        elif _STARTING.search(before):
            series = replace(series, starts=day)
            if day.last.month != day.first.month and series.limit == Limit():  # "from january to march"
                series = replace(series, limit=Limit(until=day.last))
        elif not day.one:
            series = replace(series, starts=day, limit=Limit(until=day.last))
        else:
            left.append(day)
    left = corrected(left, text)
    firsts = [day.first for day in left]
    if left and not series.rule.complete:
        series = replace(series, rule=anchored(series.rule, firsts))
    elif left and series.rule.frequency == "DAILY" and all(day.kind == "weekday" for day in left):
        series = replace(series, rule=replace(anchored(Rule("WEEKLY"), firsts), interval=series.rule.interval))
    if series.per and len(series.rule.by_day) != series.per:
        series = replace(series, ask="which_days")
    return series, left


def ends(text: str, day: Days) -> bool:
    """Whether the day is said as an end: "until christmas"."""
    return bool(_UNTIL.search(text[max(0, day.start - 32) : _said_from(text, day)]))


def find_limit(text: str) -> Limit | None:
    """ "for six weeks", "five times": how long a series goes on, said by itself."""
    lasting, times = _LIMIT_FOR.search(text), _LIMIT_TIMES.search(text) or _LIMIT_WEEKDAYS.search(text)
    if times:
        return Limit(times=int(times["times"]))
    if lasting:
        count = lasting["count"]
        return Limit(count=int(count) if count.isdigit() else 2 if "couple" in count else 1, unit=lasting["unit"])
    return None


def _said_from(text: str, day: Days) -> int:
    """Where the day's own words begin: a leading "on" or "by" belongs to what is before it."""
    lead = re.compile(r"(?:on|for|by)\s").match(text, day.start)
    return lead.end() if lead else day.start


def anchored(rule: Rule, firsts: Sequence[date]) -> Rule:
    """The day of a plain week, month or year: "weekly on thursday", "monthly on the 15th", "annually on may 1st"."""
    if rule.frequency == "WEEKLY":
        codes = {CODES[day.weekday()] for day in firsts}
        return replace(rule, by_day=tuple(code for code in CODES if code in codes))
    if rule.frequency == "MONTHLY":
        return replace(rule, by_month_day=tuple(sorted({day.day for day in firsts})))
    return replace(rule, by_month=firsts[0].month, by_month_day=(firsts[0].day,))


def _limited(text: str, series: Series) -> Series:
    spans = series.spans
    lasting, times, without = _LIMIT_FOR.search(text), _LIMIT_TIMES.search(text), _EXCEPT.search(text)
    times = times or _LIMIT_WEEKDAYS.search(text)
    limit, rule = find_limit(text) or series.limit, series.rule
    weekly = _WORKING.search(text)
    if weekly and rule in {Rule("DAILY"), Rule("WEEKLY")}:
        rule, spans = Rule("WEEKLY", 1, tuple(WORKING)), (*spans, weekly.span())
    if without:
        left_out = ("SA", "SU") if without["ends"] else on_weekdays(_listed(without)).by_day
        kept = rule.by_day or tuple(CODES)
        rule = replace(rule, frequency="WEEKLY", by_day=tuple(code for code in kept if code not in left_out))
    elif rule == Rule("MONTHLY", rule.interval) and (numbered := _OF_THE_MONTH.search(text)):
        rule = replace(rule, by_day=_numbers_of(numbered))
        spans = (*spans, numbered.span())
    elif rule.frequency in {"WEEKLY", "DAILY"} and not rule.by_day and rule.interval < 5:
        rule, spans = _with_list(text, rule, spans)
    more = tuple(match.span() for match in (lasting, times, without) if match)
    return replace(series, rule=rule, limit=limit, spans=(*spans, *more))


def _with_list(text: str, rule: Rule, spans: tuple[tuple[int, int], ...]) -> tuple[Rule, tuple[tuple[int, int], ...]]:
    """ "twice a week on monday and thursday", "daily from monday to friday": several weekdays said elsewhere."""
    for match in _ON_LIST.finditer(text):
        days = _listed(match)
        several = len(days) > 1 or (bool(match["days"]) and match["days"].endswith("s"))
        if several and not any(start < match.end() and end > match.start() for start, end in spans):
            return on_weekdays(days, rule.interval), (*spans, match.span())
    return rule, spans


def _listed(match: re.Match[str]) -> list[str]:
    groups = match.groupdict()
    if groups.get("first"):
        first, last = WEEKDAYS.index(groups["first"]), WEEKDAYS.index(groups["last"])
        return [WEEKDAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)]
    return re.findall(_WD, groups["days"])


def _numbered(match: re.Match[str]) -> Series | None:
    """ "the last friday of every month", "first and third wednesday of the month"; without "every" one day is meant."""
    ords = re.findall(_ORD, match["ords"])
    groups = match.groupdict()
    if not (groups.get("every") or groups.get("each") or len(ords) > 1):
        return None
    return Series(Rule("MONTHLY", int(groups.get("n") or 1), _numbers_of(match)))


def _numbers_of(match: re.Match[str]) -> tuple[str, ...]:
    """ "1MO", "-1FR" of the numbers and the weekday in a match."""
    code = CODES[WEEKDAYS.index(match["weekday"])]
    return tuple(f"{-1 if word == 'last' else word[0]}{code}" for word in re.findall(_ORD, match["ords"]))


def _several_numbered(match: re.Match[str]) -> Series | None:
    """ "every 2nd and 4th friday" can only be of a month; "every second friday" is every other one."""
    return _numbered(match) if len(re.findall(_ORD, match["ords"])) > 1 else None


def _month_days(match: re.Match[str]) -> Series | None:
    groups = match.groupdict()
    days = (-1,) if groups.get("end") else tuple(sorted({int(nth) for nth in re.findall(r"\d+", match["nths"])}))
    return Series(Rule("MONTHLY", int(groups.get("n") or 1), (), days)) if all(day <= 31 for day in days) else None


def _working_day(match: re.Match[str]) -> Series | None:
    """ "the first working day of every month"; without "every" one day is meant."""
    if not re.search(_EVERY, match.group()):
        return None
    which = match["which"]
    return Series(Rule("MONTHLY", 1, tuple(WORKING), position=-1 if which == "last" else int(which[0])))


def _weekdays(match: re.Match[str]) -> Series:
    """ "every other monday"; "every third thursday" may count weeks or the Thursdays of a month."""
    days, which = _listed(match), match.groupdict().get("which") or ""
    if which in {"3rd", "4th", "5th"}:
        weekly = on_weekdays(days, int(which[0]))
        monthly = Rule("MONTHLY", 1, tuple(f"{which[0]}{code}" for code in weekly.by_day))
        return Series(weekly, others=(monthly,), ask="how_often")
    if which in {"1st", "last"}:
        codes = on_weekdays(days).by_day
        return Series(Rule("MONTHLY", 1, tuple(f"{'-1' if which == 'last' else '1'}{code}" for code in codes)))
    return Series(on_weekdays(days, 2 if which in {"other", "2nd", "alternate"} else 1))


def _units(match: re.Match[str]) -> Series | None:
    frequency, interval = _UNITS[match["unit"]]
    which = match["n"] or "1"
    count = 2 if which in {"other", "2nd", "couple of", "alternate"} else int(re.sub(r"\D", "", which) or 1)
    return Series(Rule(frequency, interval * count)) if 0 < count <= 100 else None


def _times_per(match: re.Match[str]) -> Series | None:
    frequency, interval = _UNITS[match["unit"]]
    count = {"once": 1, "twice": 2}.get(match["times"]) or int(re.sub(r"\D", "", match["times"]) or 0)
    if not 0 < count <= 31:
        return None
    if count == 1:
        return Series(Rule(frequency, interval))
    return Series(Rule(frequency, interval), per=count, ask="" if frequency == "WEEKLY" else "which_days")


def _yearly(match: re.Match[str]) -> Series | None:
    day = int(match["day"] or match["nth"])
    month = MONTHS.index(match["month"] or match["month2"]) + 1
    return Series(Rule("YEARLY", 1, (), (day,), month)) if 1 <= day <= 31 else None


def _part(match: re.Match[str]) -> Series:
    part = match["part"]
    return Series(Rule("DAILY", 2 if match["which"] else 1), part="evening" if part == "night" else part)


def _fixed(series: Series) -> Callable[[re.Match[str]], Series]:
    return lambda _: series


def _rule(
    pattern: str, make: Callable[[re.Match[str]], Series | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str]], Series | None]]:
    return re.compile(rf"\b{pattern}\b"), make


_BIWEEKLY = Series(Rule("WEEKLY", 2), others=(Rule("WEEKLY"),), ask="how_often")
_BIMONTHLY = Series(Rule("MONTHLY", 2), others=(Rule("MONTHLY"),), ask="how_often")
_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})s?"
_MONTHS = "|".join(MONTHS)
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Series | None]], ...] = (
    _rule(rf"(?:on\s)?(?:(?P<every>{_EVERY})\s)?(?:the\s)?{_ORDS}\s{_WEEKDAY}\s(?:of|in)\s"
          rf"(?:(?P<each>every|each)|the|a)\smonths?", _numbered),
    _rule(rf"(?P<every>{_EVERY}|monthly)\s(?:(?P<n>\d{{1,2}})\s)?(?:months?\s)?on\s(?:the|every)\s{_ORDS}\s{_WEEKDAY}",
          _numbered),
    _rule(rf"(?:(?:on|{_EVERY})\s)?(?:the\s)?(?P<which>{_ORD})\sweekday\s(?:of|in)\s(?:every|each|the)\smonth",
          _working_day),
    _rule(rf"{_EVERY}\s(?:\d{{1,2}}\s)?hours?|hourly", _fixed(Series(Rule("DAILY"), ask="how_often"))),
    _rule(rf"(?:on\s)?(?:the\s)?(?:{_NTHS}|{_LAST_DAY})\s(?:day\s)?of\s{_EVERY}\smonth", _month_days),
    _rule(rf"(?P<every>{_EVERY})\s(?:the\s)?{_ORDS}\s{_WEEKDAY}(?!\s(?:of|in)\s)", _several_numbered),
    _rule(rf"{_EVERY}\s{_NTHS}(?!\s(?:{_WD}|day|week|month|year|of|time|hour|{_MONTHS}))", _month_days),
    _rule(rf"{_EVERY}\s(?:{_NTHS}|{_LAST_DAY})\s(?:day\s)?of\s(?:the|a)\smonth", _month_days),
    _rule(rf"(?:{_EVERY}\s(?:(?P<n>\d{{1,2}})\s)?months?|monthly)\son\s(?:the\s)?(?:{_NTHS}|{_LAST_DAY})"
          rf"(?!\s(?:of|{_MONTHS}))", _month_days),
    _rule(rf"{_EVERY}\s(?:year\son\s)?(?:the\s)?(?:(?P<month>{_MONTHS})\s(?:the\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
          rf"|(?P<nth>\d{{1,2}})(?:st|nd|rd|th)\s(?:of\s)?(?P<month2>{_MONTHS}))", _yearly),
    _rule(rf"{_EVERY}\s(?:single\s)?(?:weekday|{_FROM_TO})", lambda m: Series(
        on_weekdays(_listed(m)) if m["first"] else Rule("WEEKLY", 1, tuple(WORKING)))),
    _rule(rf"{_EVERY}\s(?:single\s)?(?:(?P<which>other|alternate|1st|2nd|3rd|4th|5th|last)\s)?{_LIST}", _weekdays),
    _rule(rf"{_EVERY}\s(?:single\s)?(?:(?P<n>\d{{1,2}}(?:nd|rd|th)?|other|alternate|couple of)\s)?"
          r"(?P<unit>day|week|fortnight|month|quarter|year)s?", _units),
    _rule(rf"{_EVERY}\s(?:other|2nd|alternate)\sweekend", _fixed(Series(Rule("WEEKLY", 2, ("SA", "SU"))))),
    _rule(rf"{_EVERY}\sweekend|(?<!\d\s)(?:(?:at|on)\s)?(?:the\s)?weekends(?!\sfrom)",
          _fixed(Series(Rule("WEEKLY", 1, ("SA", "SU"))))),
    _rule(rf"{_EVERY}\s(?P<which>other\s)?(?P<part>morning|afternoon|evening|night)", _part),
    _rule(r"(?:bi-?weekly|bi weekly)", _fixed(_BIWEEKLY)),
    _rule(r"(?:bi-?monthly|bi monthly|semimonthly)", _fixed(_BIMONTHLY)),
    _rule(r"(?P<times>once|twice|\d{1,2}\stimes|1\stime)\s(?:a|per|every|each)\s(?P<unit>day|week|month|year)",
          _times_per),
    _rule(r"nightly", _fixed(Series(Rule("DAILY"), part="evening"))),
    _rule(rf"(?P<adverb>{'|'.join(_ADVERBS)})", lambda m: Series(Rule(*_UNITS[_ADVERBS[m["adverb"]]]))),
    _rule(rf"(?<!except\s)(?<!excluding\s)(?<!without\s)(?<!no\s)"
          rf"(?:on\s)?(?P<days>{_WD}s(?:\s(?:and\s|or\s)?(?:on\s)?{_WD}s){{0,6}})"
          r"(?!\s(?:from\s(?:now|today)|ago))", _weekdays),
    _rule(r"(?:on\s)?weekdays", _fixed(Series(Rule("WEEKLY", 1, tuple(WORKING))))),
    _rule(r"(?:repeating|recurring|recurrent)", _fixed(Series(Rule("WEEKLY"), ask="how_often"))),
)  # fmt: skip
