"""Dates and clock times: ISO, "3/4/2026" by region, "24. Dezember", "Nov 24–26", "14:30", "9–5 pm", years."""

import re
from collections.abc import Iterator

from agent.pipeline.speakable.table import Reader, Spoken, Tongue, any_of, rule

_YEAR = r"(?:1[5-9]|20)\d\d"
_DASH = r"\s?[–—-]\s?"
_TH = r"(?:st|nd|rd|th|\.)?"
_HALF = r"[AaPp](?:\.\s?[Mm]\b(?:\.(?=\s+[a-z]|\s?[–—-]|[,;:)!?]))?|[Mm]\b)"
_BEFORE = r"(?:(?P<before>\b[A-ZÄÖÜ]?[a-zäöü]{1,5})(?P<gap>\s+))?"
_FREE = r"(?<![\d.,:/\w-])"
_LAST_MONTH, _LAST_DAY, _NOON = 12, 31, 12


class Dates:
    """The readers of one language. ``day_first``: 3/4/2026 is the third of April."""

    def __init__(self, tongue: Tongue, *, day_first: bool) -> None:
        self._tongue = tongue
        self._day_first = day_first
        self._months = {name: number for number, name in enumerate(tongue.months, 1)} | dict(tongue.short_months)

    def rules(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        """In the order they are tried."""
        short = rf"(?:{'|'.join(map(re.escape, self._tongue.short_months))})\b\.?"
        month = rf"(?P<month>{'|'.join(map(re.escape, self._tongue.months))}|{short})(?!\w)"
        day = rf"(?P<day>\d{{1,2}}){_TH}(?:{_DASH}(?P<last>\d{{1,2}}){_TH})?"
        of_year = rf"(?:(?:,?\s+|\s+(?:de|del)\s+)(?P<year>{_YEAR}))?(?![\d:]|[.,]\d)"
        iso_time = r"(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
        any_month = month.replace("?P<month>", "?:")
        days = any_of(self._tongue.short_days)
        yield rule(rf"\b(?P<first>{days})\.?{_DASH}(?P<last>{days})\b\.?", self._days)
        yield rule(rf"\b(?P<first>{days})\b\.?(?=,?\s+(?:\d|at\b|{any_month}))", self._days)
        yield rule(rf"{_BEFORE}{_FREE}(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d){iso_time}(?![\w-])", self._iso)
        yield rule(
            rf"{_BEFORE}{_FREE}(?P<a>\d{{1,2}})(?P<sep>[./-])(?P<b>\d{{1,2}})(?P=sep)"
            r"(?P<year>\d{4}|\d\d)(?![\w/-]|\.\d)",
            self._numeric,
        )
        yield rule(rf"{_BEFORE}{_FREE}{day}\s+(?:of\s+|de\s+)?{month}{of_year}", self._day_month)
        if not self._tongue.day_first:
            yield rule(rf"\b{month}\s+{day}{of_year}", self._month_day)
        yield rule(rf"\b{month}(?P<de>\s+de(?:l)?)?,?\s+(?P<year>{_YEAR})\b(?![.,]?\d)", self._month_year)
        yield from self._clock_rules()
        yield rule(
            rf"\b(?P<before>{self._tongue.year_words})\s+(?P<year>{_YEAR})\b"
            rf"(?:{_DASH}(?P<last>{_YEAR})\b)?(?![.,:/-]?\d|\s?[%°€$£])",
            self._year,
        )
        yield rule(rf"(?<![\w.,:/-])(?P<year>{_YEAR}){_DASH}(?P<last>{_YEAR})(?![\w.,:/-]\d|\w)", self._year)
        yield rule(rf"(?<=\()(?P<year>{_YEAR})(?=\))", self._year)

    def _clock_rules(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        word = self._tongue.clock_word
        first = rf"(?P<hour>[01]?\d|2[0-4])(?P<minutes>[:.](?P<minute>[0-5]\d))?(?:\s?(?P<half>{_HALF}))?"
        second = r"(?P<hour2>[01]?\d|2[0-4])(?P<minutes2>[:.](?P<minute2>[0-5]\d))?"
        end = rf"(?:\s?(?P<half2>{_HALF}))?(?P<word>\s?{word})?(?![\w:]|[.,]\d)"
        yield rule(rf"{_FREE}{first}{_DASH}{second}{end}", self._clock_range)
        yield rule(
            rf"(?<![\d.,:/])\b(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
            rf"(?:\s?(?P<half>{_HALF}))?(?P<word>\s?{word})?(?![\w:]|[.,]\d)",
            self._clock,
        )
        yield rule(rf"{_FREE}(?P<hour>1[0-2]|0?[1-9])(?:\.(?P<minute>[0-5]\d))?\s?(?P<half>{_HALF})", self._clock)

    def _iso(self, match: re.Match[str]) -> Spoken:
        spoken = self._date(match, int(match["day"]), int(match["month"]), int(match["year"]))
        if spoken is None or match["hour"] is None:
            return spoken
        return (
            f"{spoken} {self._tongue.words.date_at} {self._tongue.clock(int(match['hour']), int(match['minute']), '')}"
        )

    def _numeric(self, match: re.Match[str]) -> Spoken:
        a, b = int(match["a"]), int(match["b"])
        day_first = self._day_first or match["sep"] == "." or a > _LAST_MONTH
        day, month = (a, b) if day_first and b <= _LAST_MONTH else (b, a)
        year = int(match["year"])
        return self._date(match, day, month, year if len(match["year"]) > 2 else 2000 + year)

    def _date(self, match: re.Match[str], day: int, month: int, year: int | None) -> Spoken:
        """With the word in front of it; None for a day that no month has."""
        if not (1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY):
            return None
        before = match["before"] or ""
        return f"{before}{match['gap'] or ''}{self._tongue.date(day, month, year, before.lower())}"

    def _day_month(self, match: re.Match[str]) -> Spoken:
        day, year = int(match["day"]), match["year"]
        if not 1 <= day <= _LAST_DAY:
            return None
        before, month = match["before"] or "", self._months[match["month"].rstrip(".")]
        case = before.lower()
        spoken = self._tongue.day_month(int(match["last"] or day), month, int(year) if year else None, case)
        if match["last"]:  # "24–26 November": the month once, behind the second
            name = self._tongue.months[month - 1]
            first = re.sub(rf"(?: of| de)? {name}$", "", self._tongue.day_month(day, month, None, case))
            spoken = f"{first} {self._tongue.words.to} {spoken.removeprefix('the ')}"
        return f"{before}{match['gap'] or ''}{spoken}"

    def _month_day(self, match: re.Match[str]) -> Spoken:
        day, month, year = int(match["day"]), self._months[match["month"].rstrip(".")], match["year"]
        if not 1 <= day <= _LAST_DAY:
            return None
        if not match["last"]:
            return self._tongue.date(day, month, int(year) if year else None, "")
        last = self._tongue.ordinal(int(match["last"])) + (f", {self._tongue.year(int(year))}" if year else "")
        return f"{self._tongue.date(day, month, None, '')} {self._tongue.words.to} {last}"

    def _month_year(self, match: re.Match[str]) -> Spoken:
        name = self._tongue.months[self._months[match["month"].rstrip(".")] - 1]
        return f"{name}{match['de'] or ''} {self._tongue.year(int(match['year']))}"

    def _clock(self, match: re.Match[str]) -> Spoken:
        groups = match.groupdict()
        spoken = self._tongue.clock(int(match["hour"]), int(match["minute"] or 0), _half(match["half"]))
        if groups.get("second"):
            return f"{spoken} {self._tongue.words.and_} {self._tongue.cardinal(int(match['second']))}"
        return spoken

    def _clock_range(self, match: re.Match[str]) -> Spoken:
        if not (match["minutes"] or match["minutes2"] or match["half2"] or match["word"]):
            return None
        if "." in f"{match['minutes']}{match['minutes2']}" and not (match["half2"] or match["word"]):
            return None
        half, half2 = _half(match["half"]), _half(match["half2"])
        hour, hour2 = int(match["hour"]), int(match["hour2"])
        if self._tongue.twelve_hours and not half2 and hour2 > _NOON >= hour:
            half = half or ("am" if hour < _NOON else "pm")
        bare = not match["minutes"] and not half
        first = self._tongue.cardinal(hour) if bare else self._tongue.clock(hour, int(match["minute"] or 0), half)
        second = self._tongue.clock(hour2, int(match["minute2"] or 0), half2)
        return f"{first} {self._tongue.words.to} {second}"

    def _year(self, match: re.Match[str]) -> Spoken:
        groups = match.groupdict()
        before = f"{groups['before']} " if groups.get("before") else ""
        last = f" {self._tongue.words.to} {self._tongue.year(int(match['last']))}" if groups.get("last") else ""
        return f"{before}{self._tongue.year(int(match['year']))}{last}"

    def _days(self, match: re.Match[str]) -> Spoken:
        days, last = self._tongue.short_days, match.groupdict().get("last")
        return f"{days[match['first']]} {self._tongue.words.to} {days[last]}" if last else days[match["first"]]


def _half(text: str | None) -> str:
    return re.sub(r"[^a-z]", "", (text or "").lower())
