"""Text for eyes made text for ears: Markdown, links, numbers, times, money, phone numbers, abbreviations. English.

`speakable` is pure; `speakable_stream` is the text transform of a session (`tts_text_transforms`): it holds back only
what may still change, so a number cut in two by streaming is read as one. To add a rule: one row in RULES.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Callable

from agent.pipeline.spoken_numbers import cardinal, clock, decimal, digits, money, ordinal, year

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT_MONTHS = {name[:3]: name for name in _MONTH.split("|")} | {"Sept": "September"}
_SHORT_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
    "Thurs": "Thursday", "Fri": "Friday",
}  # fmt: skip
_ABBREVIATIONS = {
    "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor", "e.g.": "for example",
    "i.e.": "that is", "etc.": "and so on", "approx.": "about", "vs.": "versus", "No.": "number", "St.": "Street",
    "Ave.": "Avenue", "Rd.": "Road", "min.": "minutes", "hrs.": "hours", "&": "and", "w/": "with",
}  # fmt: skip
_UNITS = {
    "km": "kilometers", "cm": "centimeters", "mm": "millimeters", "kg": "kilograms", "mg": "milligrams",
    "ml": "milliliters",
    "GB": "gigabytes", "MB": "megabytes", "mph": "miles per hour", "min": "minutes", "hrs": "hours",
    "m²": "square meters", "°C": "degrees Celsius", "°F": "degrees Fahrenheit", "°": "degrees",
}  # fmt: skip


def _time(match: re.Match[str]) -> str:
    half = (match["half"] or "").replace(".", "").lower()
    return clock(int(match["hour"]), int(match["minute"] or 0), half)


def _iso_date(match: re.Match[str]) -> str:
    month = _MONTH.split("|")[int(match["month"]) - 1]
    return f"{month} {ordinal(int(match['day']))}, {year(int(match['year']))}"


def _link(match: re.Match[str]) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", match[0]).split("/")[0].replace(".", " dot ")


def _email(match: re.Match[str]) -> str:
    return match[0].replace("@", " at ").replace(".", " dot ").replace("_", " underscore ").replace("-", " dash ")


def _money(match: re.Match[str]) -> str:
    symbol, amount, scale = match.groups()
    return f"{decimal(amount)} {scale} {money(symbol, '2').split()[-1]}" if scale else money(symbol, amount)


def _letters(match: re.Match[str]) -> str:
    spelled = [cardinal(int(character)) if character.isdigit() else character.upper() for character in match[0]]
    return " ".join(spelled)


Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str], flags: int = 0) -> Rule:
    return re.compile(pattern, flags), replacement


_ANY_SHORT_MONTH = "|".join(_SHORT_MONTHS)
_ANY_SHORT_DAY = "|".join(sorted(_SHORT_DAYS, key=len, reverse=True))
_HALF = r"(?P<half>[AaPp]\.?[Mm]\b(?:\.(?=\s[a-z,]))?)"
_AMOUNT = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?"

_MARKDOWN: tuple[Rule, ...] = (
    _rule(r"```.*?(?:```|\Z)", " ", re.DOTALL),
    _rule(r"!?\[([^\]]*)\]\([^)]*\)", r"\1"),
    _rule(r"\s?\[\d+\]", ""),
    _rule(r"^\s{0,3}(?:#{1,6}\s+|>\s?|[-*+•]\s+)", "", re.MULTILINE),
    _rule(r"(\*\*|__|~~|`)(.+?)\1", r"\2"),
    _rule(r"(?<![\w*])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*])", r"\2"),
    _rule(r"^\s*\|?[\s:|-]{3,}\|?\s*$", "", re.MULTILINE),
    _rule(r"\s*\|\s*", ", "),
)
_NAMES: tuple[Rule, ...] = (
    _rule(r"\bhttps?://[^\s)>\]]*[^\s)>\].,;:!?]", _link),
    _rule(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _email),
    _rule(
        r"\b(?:Dr|Mrs?|Ms|Prof|e\.g|i\.e|approx|vs|No(?=\.\s?\d)|Ave|Rd|hrs)\.|(?<=\s)&(?=\s)|\bw/(?=\s)",
        lambda m: _ABBREVIATIONS[m[0]],
    ),
    _rule(r"\betc\.", "and so on"),
    _rule(rf"\b({_ANY_SHORT_DAY})\b\.?(?=,?\s+(?:{_MONTH}|\d|[A-Z]|at\b))", lambda m: _SHORT_DAYS[m[1]]),
    _rule(rf"\b({_ANY_SHORT_MONTH})\b\.?(?=\s+\d)", lambda m: _SHORT_MONTHS[m[1]]),
)
_DATES: tuple[Rule, ...] = (
    _rule(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b", _iso_date),
    _rule(rf"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\s?{_HALF})?", _time),
    _rule(rf"\b(?P<hour>1[0-2]|[1-9])(?P<minute>)\s?{_HALF}", _time),
    _rule(rf"\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?!:)", lambda m: f"{m[1]} {ordinal(int(m[2]))}"),
    _rule(
        r"(?:(?<=\b(?:in|of|by)\s)|(?<=[a-z],\s)|(?<=since\s))((?:19|20)\d\d)\b(?![.,]?\d)", lambda m: year(int(m[1]))
    ),
    _rule(r"\b(\d{1,4})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1]))),
)
_NUMBERS: tuple[Rule, ...] = (
    _rule(rf"([$€£¥])\s?({_AMOUNT})(?!\d)(?:\s?(million|billion|thousand)\b)?", _money),
    _rule(
        r"(?<![\w.])(?:\+?\d{1,3}[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|(?<![\w.])\d{3}-\d{4}\b|\+\d{7,15}\b",
        lambda m: digits(m[0]),
    ),
    _rule(r"\b(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{4,10}\b", _letters),
    _rule(r"(?<!\w)(-?\d[\d,]*(?:\.\d+)?)\s?%", lambda m: f"{_number(m[1])} percent"),
    _rule(
        r"(?<!\w)(\d[\d,]*(?:\.\d+)?)\s?(" + "|".join(map(re.escape, _UNITS)) + r")(?!\w)",
        lambda m: f"{_number(m[1])} {_UNITS[m[2]]}",
    ),
    _rule(r"(?<=\d)\s?[–-]\s?(?=\d)", " to "),
    _rule(r"(?<![\w.])-(?=\d)", "minus "),
    _rule(
        r"(?<![A-Za-z\d.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![A-Za-z\d.])\d+(?:\.\d+)?(?![\d])", lambda m: decimal(m[0])
    ),
)
_LEFTOVERS: tuple[Rule, ...] = (_rule(r"[*_#`~<>{}\\^]+", " "), _rule(r"[ \t]{2,}", " "))
RULES: tuple[Rule, ...] = (*_MARKDOWN, *_NAMES, *_DATES, *_NUMBERS, *_LEFTOVERS)


def _number(text: str) -> str:
    return f"minus {decimal(text[1:])}" if text.startswith("-") else decimal(text)


def speakable(text: str) -> str:
    """The same text as a person would read it aloud. Text without anything to change comes back as it was."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


# Text may be handed on up to a space that no rule looks across: between two plain words.
_SAFE_CUT = re.compile(r"(?<=[a-z,;:!?])\s+(?=[A-Za-z][a-z']*[\s,;!?])")
_NOT_BEFORE = re.compile(
    rf"(?:\b(?:{_MONTH}|{'|'.join(_SHORT_MONTHS)}|{'|'.join(_SHORT_DAYS)}|in|of|by|since|No)\.?,?|[a-z],|[*_`\[(~|][^*_`\])~|]*)$"
)


def _safe_length(text: str) -> int:
    """How much of `text` can be made speakable now without changing what the rest will become."""
    for cut in reversed(list(_SAFE_CUT.finditer(text))):
        line = text[: cut.start()].rsplit("\n", 1)[-1]
        if not _NOT_BEFORE.search(line) and text[: cut.start()].count("`") % 2 == 0:
            return cut.start()
    return 0


async def speakable_stream(text: AsyncIterable[str]) -> AsyncIterator[str]:
    """Makes a stream of text speakable as it comes, whatever the sizes of its pieces."""
    waiting = ""
    async for piece in text:
        waiting += piece
        if length := _safe_length(waiting):
            ready, waiting = waiting[:length], waiting[length:]
            yield speakable(ready)
    if waiting:
        yield speakable(waiting)
