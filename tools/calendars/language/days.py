"""Days in normal words: "next tuesday", "the 1st monday of next month", "3 days before christmas", "next week". Pure.

To add an expression: one row in `_RULES`, most specific first; its function (in `dates`) gets the match and today.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tools.calendars.language import dates, feasts, holidays
from tools.calendars.language.dates import MONTHS, WEEKDAYS, Found, Resolver, Span, add_months

__all__ = ["MONTHS", "WEEKDAYS", "Days", "add_months", "find_days", "read_days"]

_WEEKDAY = rf"(?P<weekday>{'|'.join(WEEKDAYS)})"
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})"
_NTH = r"(?P<nth>\d{1,2})(?:st|nd|rd|th)"
_COUNT = r"(?P<count>\d+|a couple of|a couple|a|an|the next)"
_YEAR = r"(?:\s(?P<year>20\d\d))?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!:|\d)"
_HOLIDAY = rf"(?P<holiday>{'|'.join(holidays.NAMES)})"
_OF = r"(?:of|in)"
# "the 3rd" is a day where nothing is counted by it: not "the 3rd sentence"
_ALONE = (
    r"(?=$|\s(?:_|\d|at|from|to|until|through|and|or|around|about|by|before|after|for|between|in|on|of|with|if|is|"
    r"are|was|will|would|works|work|please|then|instead|all|not|no|but|i|we|you|noon|midnight|half\spast|"
    r"quarter\s(?:past|to|after)|morning|afternoon|evening|night|maybe|as|too|say|so|rather|actually|sorry|wait|"
    r"except|every|each|the|a|an|that|thats|its|being|which|unless|whichever|whatever|either|both|ideally|preferably|only|would|could|can|please)(?:\b|_))"
)


@dataclass(frozen=True, slots=True)
class Days:
    """One day (``first == last``) or several, as heard at ``text[start:end]``.

    ``loose``: a lone weekday, which may mean today while its time lies ahead. ``kind``: "weekday" for a lone weekday,
    "nth" for only a number of the month, "today" for words that mean now. ``others``, ``problem``: see `dates.Found`.
    """

    first: date
    last: date
    start: int
    end: int
    loose: bool = False
    kind: str = ""
    others: tuple[Span, ...] = ()
    problem: str = ""

    @property
    def one(self) -> bool:
        return self.first == self.last


def find_days(text: str, today: date) -> list[Days]:
    """All days in normal text from left to right; a past one is reported as it is."""
    return read_days(text, today)[0]


def read_days(text: str, today: date) -> tuple[list[Days], list[tuple[int, int]]]:
    """All days, and where the text says days that do not exist ("february 30th")."""
    found: list[Days] = []
    impossible: list[tuple[int, int]] = []
    taken = bytearray(len(text) + 1)
    for pattern, resolve, kind in _RULES:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\x01" * (end - start)
            resolved = resolve(match, today)
            if resolved is None:
                impossible.append((start, end))
                continue
            heard = resolved if isinstance(resolved, Found) else Found(resolved)
            loose = kind == "weekday" and not match["which"]
            kept = "" if kind == "weekday" and not loose else kind
            days = Days(*heard.span, start, end, loose, kept, heard.others, heard.problem)
            found.append(_in_its_week(text, days))
    return sorted(found, key=lambda days: days.start), impossible


def _in_its_week(text: str, days: Days) -> Days:
    """ "the week of december 7th" is that day's week."""
    if not _WEEK_OF.search(text[max(0, days.start - 24) : days.start]):
        return days
    monday = days.first - timedelta(days=days.first.weekday())
    if "weekend" in text[max(0, days.start - 24) : days.start]:
        return Days(monday + timedelta(days=5), monday + timedelta(days=6), days.start, days.end)
    return Days(monday, monday + timedelta(days=6), days.start, days.end)


_WEEK_OF = re.compile(r"\bweek(?:end)?\s(?:of|starting|beginning|commencing)\s(?:on\s)?(?:the\s)?$")


def _rule(pattern: str, resolve: Resolver, kind: str = "") -> tuple[re.Pattern[str], Resolver, str]:
    return re.compile(rf"\b(?:on\s|for\s|by\s)?{pattern}\b"), resolve, kind


_RULES: tuple[tuple[re.Pattern[str], Resolver, str], ...] = (
    _rule(r"(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)",
          lambda m, _: dates.one(dates.on(int(m["y"]), int(m["m"]), int(m["d"])))),
    _rule(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})(?:/(?P<y>\d{2,4}))?", dates.slashed),
    _rule(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})(?:\.(?P<y>\d{2,4}))?", dates.dotted),
    _rule(rf"the\s(?P<unit>week|weekend)\s(?P<side>before|after)\s{_HOLIDAY}{_YEAR}", feasts.week_beside_holiday),
    _rule(rf"(?P<count>\d+|a couple of|a|the)\s(?P<unit>days?|weeks?|months?|evening|night)\s(?P<side>before|after)"
          rf"\s{_HOLIDAY}{_YEAR}", feasts.beside_holiday),
    _rule(rf"(?:the\s)?(?:1st\s|next\s)?{_WEEKDAY}\s(?P<side>before|after)\s{_HOLIDAY}{_YEAR}", feasts.beside_holiday),
    _rule(
        rf"(?:the\s)?(?P<which>1st|2nd|3rd|4th|5th|last|penultimate)\s{_WEEKDAY}\s(?:{_OF}\s)?(?:(?P<near>next|this|the|"
        rf"every|each)\smonth|{_MONTH}{_YEAR})",
          dates.nth_weekday_of_month),
    _rule(rf"(?P<count>\d+|a couple of)\s{_WEEKDAY}s\sfrom\s(?:now|today)", dates.weekdays_from_now),
    _rule(rf"{_WEEKDAY}\sin\s{_COUNT}\sweeks?(?:\stime)?", dates.weekday_in_weeks),
    _rule(rf"(?:the\s)?(?P<which>1st|2nd|3rd|last)\sweekday\s{_OF}\s(?:(?P<near>the|this|next)\smonth|{_MONTH}{_YEAR})",
          dates.working_day_of_month),
    _rule(rf"in\s{_COUNT}\sweeks?\s(?:time\s)?on\s(?:a\s)?{_WEEKDAY}", dates.weekday_of_week),
    _rule(rf"{_COUNT}\sweeks?\s(?:from|after|on)\s(?:next\s|this\s)?{_WEEKDAY}", dates.weeks_from_weekday),
    _rule(rf"(?:the\s)?week\s(?P<week>after)\snext\s(?:on\s)?{_WEEKDAY}", dates.weekday_of_week),
    _rule(rf"{_WEEKDAY}\s(?:(?:of|in)\s)?the\sweek\s(?P<week>after)\snext", dates.weekday_of_week),
    _rule(rf"(?P<week>this|next)\sweek\s(?:on\s)?{_WEEKDAY}", dates.weekday_of_week),
    _rule(rf"{_WEEKDAY}\s(?:(?:of|in)\s)?(?P<week>this|next)\sweek", dates.weekday_of_week),
    _rule(rf"(?:the\s)?(?P<which>1st|2nd|3rd|4th|last)\sweek\s{_OF}\s"
          rf"(?:(?P<near>the|this|next)\smonth|{_MONTH}{_YEAR})",
          dates.week_of_month),
    _rule(rf"(?:the\s)?(?P<which>1st|2nd|3rd|4th|last)\sweekend\s{_OF}\s"
          rf"(?:(?P<near>the|this|next)\smonth|{_MONTH}{_YEAR})",
          dates.weekend_of_month),
    _rule(rf"(?:the\s)?{_NTH}\sday\sof\s{_MONTH}{_YEAR}", dates.of_month),
    _rule(rf"(?:a\s)?fortnight\s(?:on|from)\s{_WEEKDAY}",
          lambda m, t: dates.one(dates.coming(m, t + timedelta(days=1)) + timedelta(14))),
    _rule(rf"{_WEEKDAY}\sfortnight", lambda m, t: dates.one(dates.coming(m, t + timedelta(days=1)) + timedelta(14))),
    _rule(rf"{_WEEKDAY}\sweek(?!\s(?:day|end|of))", dates.weeks_from_weekday),
    _rule(rf"(?:the\s)?{_WEEKDAY}\safter\snext", dates.weekday_after),
    _rule(rf"{_WEEKDAY}\s(?:the\s)?{_NTH}\s(?:of\s)?{_MONTH}{_YEAR}", dates.of_month),
    _rule(rf"{_WEEKDAY}\s{_MONTH}\s(?:the\s)?{_DAY}{_YEAR}", dates.of_month),
    _rule(rf"{_WEEKDAY}\s(?:the\s)?{_NTH}\s(?:of\s)?(?P<near>this|next|the)\smonth", dates.nth_of_near_month),
    _rule(rf"{_WEEKDAY}\s(?:the\s)?{_NTH}", dates.weekday_nth),
    _rule(rf"(?:the\s)?{_NTH}\s(?:of\s)?(?P<near>this|next|the)\smonth", dates.nth_of_near_month),
    _rule(rf"{_MONTH}\s(?:the\s)?{_DAY}\s(?P<joint>to|through|until)\s(?:the\s)?(?P<to>\d{{1,2}})(?:st|nd|rd|th)?"
          rf"(?!:|\d|\s(?:am|pm|oclock|{'|'.join(MONTHS)})){_YEAR}", dates.range_in_month),
    _rule(rf"(?:from\s|(?P<between>between\s))?(?:the\s)?{_DAY}\s(?P<joint>to|through|until|and|or)\s(?:the\s)?(?P<to>\d{{1,2}})"
          rf"(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}{_YEAR}", dates.range_in_month),
    _rule(rf"(?:the\s)?{_NTH}\s(?:of\s)?{_MONTH}{_YEAR}", dates.of_month),
    _rule(rf"{_MONTH}\s(?:the\s)?{_DAY}(?!\s(?:am|pm|oclock|people|of\b)){_YEAR}", dates.of_month),
    _rule(rf"{_DAY}\s(?:of\s)?{_MONTH}{_YEAR}", dates.of_month),
    _rule(rf"(?:in|within)\s{_COUNT}\s(?P<unit>days?|weeks?|months?|years?|fortnight)(?:s?\stime)?", dates.ahead),
    _rule(
        rf"{_COUNT}\s(?P<unit>days?|weeks?|months?|years?|fortnight)\s(?:from\s(?:now|(?P<anchor>today|tomorrow))|"
        r"away|today|(?:on\s)?(?P<day>tomorrow))", dates.ahead),
    _rule(r"(?:the\s)?day\safter\stomorrow|(?:(?<=tomorrow\sor\s)|(?<=tomorrow\sand\s))the\sday\safter",
          dates.shifted(2)),
    _rule(r"(?:the\s)?day\sbefore\syesterday", dates.shifted(-2)),
    _rule(r"tomorrow\sweek", dates.shifted(8)),
    _rule(r"today\sweek|this\sday\snext\sweek", dates.shifted(7)),
    _rule(r"tomorrow", dates.shifted(1)),
    _rule(r"(?:later\s)?today|tonight|this\s(?:morning|afternoon|evening)|right\snow", dates.shifted(0), "today"),
    _rule(rf"{_COUNT}\s(?P<unit>days?|weeks?|months?|years?)\sago", dates.ago),
    _rule(r"yesterday|last\snight", dates.shifted(-1)),
    _rule(r"last\sweek", lambda _, t: (dates.week(t, -1), dates.week(t, -1) + timedelta(days=6))),
    _rule(r"in\sa\sfew\s(?P<unit>days|weeks)(?:\stime)?", dates.few),
    _rule(r"the\sweekend\s(?P<week>after\snext)", dates.weekend),
    _rule(r"(?P<week>this|next|the)\s(?:coming\s)?weekend(?!\sof\s(?:the\s)?(?:\d|_|[a-z]+\s\d))", dates.weekend),
    _rule(r"(?:the\s)?(?P<part>end|last\sday|beginning|start|1st\sday|early|mid|late|middle of|halfway through)"
          r"\s(?:of\s)?"
          rf"(?:(?P<near>the|this|next)\smonth|{_MONTH}(?!\s\d{{1,2}}\b){_YEAR})", dates.part_of_month),
    _rule(r"(?:the\s)?(?:end|last\sday)\sof\s(?P<near>the|this|next)\syear", dates.year_end),
    _rule(
        r"(?:(?:the\s)?rest\sof\s|(?:(?:the\s)?(?P<part>end|beginning|start|early|late|mid(?!dle)|middle|halfway)\s(?:of\s|in\s|through\s)?))?"
        r"(?P<week>this|next|the\scoming)\sweek", dates.weeks),
    _rule(r"(?:the\s)?(?:rest|(?P<part>end|beginning|start))\sof\s(?P<week>the)\sweek", dates.weeks),
    _rule(r"the\sweek\s(?P<week>after)\snext", dates.weeks),
    _rule(r"(?:the\s)?next\s(?:(?P<count>\d+|couple of|few)\s)?(?P<unit>days|weeks)", dates.next_days),
    _rule(rf"(?P<near>this|next)\smonth\s(?:on\s)?the\s{_NTH}", dates.nth_of_near_month),
    _rule(r"(?:the\s)?(?:rest|remainder)\sof\s(?P<near>the|this)\smonth", dates.months),
    _rule(r"(?:the\s)?(?:rest|remainder)\sof\s(?:the|this)\syear", lambda _, t: (t, t.replace(month=12, day=31))),
    _rule(rf"{_MONTH}\s(?:to|through|until)\s(?P<last>{'|'.join(MONTHS)})(?!\s\d)", dates.month_range),
    _rule(r"(?P<near>this|next)\smonth", dates.months),
    _rule(rf"(?:(?:this|next)\s)?{_HOLIDAY}\sweekend", feasts.holiday_weekend),
    _rule(rf"(?:(?:this|next)\s)?{_HOLIDAY}{_YEAR}", feasts.holiday),
    (re.compile(rf"\b(?:on\s|for\s|by\s)?(?P<which>(?:this coming|this|next|last|coming|the coming|the)\s)?{_WEEKDAY}"
                r"\b"), dates.weekday, "weekday"),
    _rule(rf"(?:on\s)?the\s{_NTH}{_ALONE}", dates.nth, "nth"),
    _rule(rf"(?:(?<=no\s)|(?<=sorry\s)|(?<=mean\s)|(?<=meant\s)|(?<=rather\s)){_NTH}{_ALONE}", dates.nth, "nth"),
    _rule(rf"on\s{_NTH}{_ALONE}", dates.nth, "nth"),
    _rule(rf"{_NTH}(?=$)", dates.nth, "nth"),
    _rule(rf"(?:in|next|this|during|throughout|all(?:\sof)?|the\swhole(?:\sof)?)\s{_MONTH}{_YEAR}",
          dates.part_of_month),
    _rule(rf"{_MONTH}\s(?P<year>20\d\d)", dates.part_of_month),
    _rule(rf"(?:(?<=from\s)|(?<=starting\s)|(?<=beginning\s)|(?<=until\s)|(?<=through\s)){_MONTH}",
          dates.part_of_month),
    (re.compile(rf"^{_MONTH}$"), dates.part_of_month, ""),
)  # fmt: skip
