"""The values a sentence says: prices, times, telephone numbers, dates, percentages, amounts. Pure.

Each kind is a function text -> values; what one took is blanked out before the next looks. Values compare by ``key``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from ingest.documents.analysis.dates import dates_in

Kind = Literal["price", "time", "phone", "email", "date", "percent", "amount", "permission"]
_WORDS: Final = {
    word: str(number)
    for number, words in {
        2: "two zwei deux dos due twee", 3: "three drei trois tres tre drie", 4: "four vier quatre cuatro quattro",
        5: "five fünf cinq cinco cinque vijf", 6: "six sechs seis sei zes", 7: "seven sieben sept siete sette zeven",
        8: "eight acht huit ocho otto", 9: "nine neun neuf nueve nove negen", 10: "ten zehn dix diez dieci tien",
        11: "eleven elf onze once undici", 12: "twelve zwölf douze doce dodici twaalf", 13: "thirteen dreizehn treize",
        14: "fourteen vierzehn quatorze catorce", 15: "fifteen fünfzehn quinze quince", 16: "sixteen sechzehn seize",
        18: "eighteen achtzehn", 20: "twenty zwanzig vingt veinte venti twintig", 24: "vierundzwanzig",
        25: "twenty-five fünfundzwanzig", 30: "thirty dreißig trente treinta trenta", 40: "forty vierzig",
        45: "forty-five", 48: "achtundvierzig", 50: "fifty fünfzig", 60: "sixty sechzig", 75: "seventy-five",
        90: "ninety neunzig", 100: "hundred hundert cent cien cento",
    }.items()
    for word in words.split()
}  # fmt: skip
NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b", re.IGNORECASE)
_NUM = r"\d{1,3}(?:[ .,']\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_CURRENCY = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "dollar": "USD",
    "dollars": "USD",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "chf": "CHF", "francs": "CHF", "franken": "CHF",
}  # fmt: skip
_CODES = "€|eur|euros?|\\$|usd|dollars?|£|gbp|pounds?|chf|francs|franken"
_PRICE = re.compile(
    rf"(?:(?P<c1>[€$£]|\b(?:EUR|USD|GBP|CHF))\s?(?P<n1>{_NUM})|(?P<n2>{_NUM})\s?(?P<c2>{_CODES})(?!\w))", re.IGNORECASE
)
FREE = re.compile(
    r"\b(?:free of charge|at no (?:charge|cost|extra cost)|for free|free(?= *[.,;!]|$| (?:in|for|at|on|up|until"
    r"|of charge|throughout)\b)"
    r"|complimentary|kostenlos|kostenfrei|gratis|gratuite?s?|gratuit[oa]s?)(?!\w)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?P<n>{_NUM})\s?(?:%|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b|procent\b)", re.IGNORECASE
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+\d{1,3}|\(?0\d{1,5}\)?)(?:[ ./()-]{0,3}\d){5,12}(?![\w%€$£]|[.,]\d)")
_HALF = r"(?:a\.?m\.?|p\.?m\.?)(?!\w)"
_MARK = rf"(?:\s?(?:{_HALF}|o'?clock|uhr\b|heures?\b|h(?![a-z])(?:\d\d)?|hrs?\b))"
_CLOCK = rf"(?:\d{{1,2}}(?:[:.]\d\d(?![\d.]))?{_MARK}?|noon|midnight|mittags?|mitternacht|midi|minuit)"
_RANGE = re.compile(
    rf"(?P<lead>\b(?:from|between|von|zwischen|de|da|dalle|entre|van|das)\s+|:\s*|^)?(?P<a>{_CLOCK})\s*"
    rf"(?P<link>to|till?|until|and|bis|und|à|a|y|et|alle|tot|às|e|[-–—])\s*(?P<b>{_CLOCK})(?!\s?[€$£%\d]"
    rf"|\s(?:euros?|dollars?|percent|people)\b|[-/.]\d)",
    re.IGNORECASE,
)
_SINGLE = re.compile(
    rf"(?P<lead>\b(?:at|by|until|till|from|before|after|um|ab|bis|vor|nach|à|jusqu'à|dès|a las|desde las|hasta las"
    rf"|alle|fino alle|om|vanaf|tot)\s+)?(?P<a>{_CLOCK})"
    rf"(?!\s?[€$£%\d]|[-/.]\d|:\d)",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"\s+(?:minute|hour|day|night|week|month|year|euro|dollar|percent|people|person|guest|room|step|bed|%|[€$£]|tag"
    r"|nacht|nächte|stunde|woche|monat|jahr)",
    re.IGNORECASE,
)
_START = re.compile(
    r"\b(?:from|opens?|opening|starts?|starting|begins?|after|earliest|ab|von|öffnet|beginnt|dès|à partir|desde"
    r"|dalle|vanaf)\b",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:until|till|by|closes?|closing|ends?|latest|before|bis|schließt|endet|jusqu|hasta|fino|tot|to)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(rf"(?<![\w.,-])(?P<n>{_NUM})[ -]?(?P<unit>[^\W\d_]{{1,20}})\b")
_UNITS = {
    unit: (base, factor)
    for base, factor, units in (
        ("hour", 1 / 60, "minute minutes min mins minuten minuto minutos minuti minuut"),
        ("hour", 1 / 3600, "second seconds sec secs sekunde sekunden secondes segundos secondi"),
        ("hour", 1.0, "hour hours hr hrs stunde stunden heure heures hora horas ora ore uur uren"),
        ("hour", 24.0, "day days tag tage tagen jour jours día días giorno giorni dag dagen"),
        ("hour", 168.0, "week weeks woche wochen semaine semaines semana semanas settimana settimane weken"),
        ("hour", 730.0, "month months monat monate monaten mois mes meses mese mesi maand maanden"),
        ("hour", 8760.0, "year years jahr jahre jahren année années an ans año años anno anni jaar"),
        ("metre", 1.0, "m metre metres meter meters metern mètre mètres metro metros metri"),
        ("metre", 1000.0, "km kilometre kilometres kilometer kilometers kilometern kilomètres kilómetros"),
        ("kilogram", 1.0, "kg kilo kilos kilogram kilograms kilogramm"),
        ("kilogram", 0.001, "g gram grams gramm grammes"),
    )
    for unit in units.split()
}
_NO_UNIT = frozenset(
    "am pm uhr st nd rd th of and or to the in on at for from by is are was were costs cost opens closes starts"
    " ends und oder bis per x"
    " und von am im an auf der die das et ou à le la les de des y o el los las en h".split()
)
_NAMES_BEFORE = re.compile(
    r"\b(?:room|step|chapter|invoice|page|floor|table|section|line|gate|platform|tram|bus|number|no|nr|nummer"
    r"|zimmer|schritt|kapitel|seite"
    r"|linie|gleis|etage|chambre|page|étape|habitación|paso|article|§|phase|day|week|session|group|grade|class"
    r"|version|level|dial|extension)\.?\s*$",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"\b(?:at least|minimum(?: of)?|mindestens|from|ab|more than|au moins|al menos|starting at|over|as of)\s*$",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"\b(?:at most|maximum(?: of)?|max\.?|up to|höchstens|bis zu|within|innerhalb von|no more than|less than|under"
    r"|jusqu'à|hasta)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Value:
    """``key`` compares; ``role``: start, end, at, least, most or ""; ``shown`` as written; [start, end) in the"
    " text."""

    kind: Kind
    key: tuple[float | str, ...]
    role: str
    shown: str
    start: int
    end: int


def digits_for_words(text: str) -> str:
    """“seven to ten” -> “7 to 10”."""
    return NUMBER_WORD.sub(lambda match: _WORDS[match.group().lower()], text)


def values_of(text: str) -> list[Value]:
    """All values, in the text as `digits_for_words` leaves it."""
    found: list[Value] = []
    left = text
    for take in (_emails, _phones, _prices, _percents, _dates, _ranges, _times, _amounts):
        for value in take(left):
            found.append(value)
            left = left[: value.start] + "\x00" * (value.end - value.start) + left[value.end :]
    return found


def _emails(text: str) -> Iterator[Value]:
    for match in _EMAIL.finditer(text):
        yield Value("email", (match.group().lower(),), "", match.group(), *match.span())


def _phones(text: str) -> Iterator[Value]:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if 7 <= len(digits) <= 15:
            local = digits[2:] if match.group().startswith("+") else digits.lstrip("0")
            yield Value("phone", (local[-7:],), "", match.group().strip(), *match.span())


def _prices(text: str) -> Iterator[Value]:
    for match in _PRICE.finditer(text):
        currency = _CURRENCY[(match["c1"] or match["c2"]).lower()]
        number = _number(match["n1"] or match["n2"])
        yield Value("price", (number, currency), _bound(text, match.start()), match.group(), *match.span())
    for match in FREE.finditer(text):
        yield Value("price", (0.0, ""), "", match.group(), *match.span())


def _percents(text: str) -> Iterator[Value]:
    for match in _PERCENT.finditer(text):
        yield Value("percent", (_number(match["n"]),), _bound(text, match.start()), match.group(), *match.span())


def _dates(text: str) -> Iterator[Value]:
    for one in dates_in(text):
        role = _edge(text[max(0, one.start - 30) : one.start])
        yield Value("date", (one.year, one.month, one.day), role, text[one.start : one.end], one.start, one.end)


def _ranges(text: str) -> Iterator[Value]:
    for match in _RANGE.finditer(text):
        marked = any(_is_marked(match[part]) for part in ("a", "b"))
        if not (marked or match["lead"]) or (
            match["link"].lower() in {"and", "und", "y", "et", "e", "a"} and not match["lead"]
        ):
            continue
        if not marked and _UNIT_AFTER.match(text, match.end()):
            continue
        first, second = _minutes(match["a"]), _minutes(match["b"])
        if first is None or second is None:
            continue
        shared = re.search(_HALF, match["b"], re.IGNORECASE)
        if shared and not _is_marked(match["a"]):  # "from 7 to 10 AM": the first shares the second's half of the day
            with_half = _minutes(f"{match['a']} {shared.group()}")
            if with_half is not None:
                first = with_half if float(with_half[0]) < float(second[0]) else (float(with_half[0]) - 720, 0)
        yield Value("time", first, "start", match.group().strip(" :."), match.start("a"), match.start("link"))
        yield Value("time", second, "end", match.group().strip(" :."), match.start("link"), match.end())


def _times(text: str) -> Iterator[Value]:
    for match in _SINGLE.finditer(text):
        if not _is_marked(match["a"]) and (not match["lead"] or _UNIT_AFTER.match(text, match.end())):
            continue
        minutes = _minutes(match["a"])
        if minutes is not None and not (match.start() and text[match.start() - 1] in "\x00.,"):
            before = text[max(0, match.start() - 30) : match.start("a")]
            shown = match["a"].strip(" .")
            yield Value("time", minutes, _edge(before) or "at", shown, match.start("a"), match.end("a"))


def _amounts(text: str) -> Iterator[Value]:
    for match in _AMOUNT.finditer(text):
        unit = match["unit"].lower()
        before = text[: match.start()]
        if unit in _NO_UNIT or _NAMES_BEFORE.search(before) or "\x00" in match.group():
            continue
        base, factor = _UNITS.get(unit, (re.sub(r"(?:es|s)$", "", unit), 1.0))
        if factor == 1.0 and base == unit and len(unit) < 3 and unit not in _UNITS:
            continue
        yield Value(
            "amount",
            (round(_number(match["n"]) * factor, 3), base),
            _bound(text, match.start()),
            match.group(),
            *match.span(),
        )


def _is_marked(clock: str) -> bool:
    return not clock.strip().isdigit()


def _minutes(clock: str) -> tuple[float | str, ...] | None:
    """(minutes since midnight, 1 when it may also mean twelve hours later)."""
    lowered = clock.lower().strip()
    for words, minutes in ((("noon", "mittag", "mittags", "midi"), 720), (("midnight", "mitternacht", "minuit"), 1440)):
        if lowered in words:
            return (minutes, 0)
    match = re.match(r"(\d{1,2})(?:[:.h](\d\d))?\s*h?(\d\d)?", lowered)
    if match is None:
        return None
    hours, minutes = int(match[1]), int(match[2] or match[3] or 0)
    if hours > 24 or minutes > 59:
        return None
    half = re.search(r"([ap])\.?m", lowered)
    if half:
        if hours > 12:
            return None
        hours = hours % 12 + (12 if half[1] == "p" else 0)
    vague = not half and 1 <= hours <= 11 and not re.search(r"uhr|h\b|heure|:|\.", lowered)
    return (hours * 60 + minutes, 1 if vague else 0)


def same_time(one: Value, other: Value) -> bool:
    difference = abs(float(one.key[0]) - float(other.key[0])) % 1440
    return difference == 0 or (difference == 720 and bool(one.key[1] or other.key[1]))


def _edge(before: str) -> str:
    """Whether a beginning or an end is said; the nearest word decides."""
    starts = [match.end() for match in _START.finditer(before)]
    ends = [match.end() for match in _END.finditer(before)]
    if not starts and not ends:
        return ""
    return "start" if max(starts, default=-1) > max(ends, default=-1) else "end"


def _bound(text: str, start: int) -> str:
    before = text[max(0, start - 20) : start]
    return "least" if _LEAST.search(before) else "most" if _MOST.search(before) else ""


def _number(text: str) -> float:
    """1.200,50 and 1,200.50 and 12.50 and 12,50."""
    text = re.sub(r"[ ']", "", text)
    decimal = re.search(r"[.,](\d{1,2})$", text)
    whole = re.sub(r"\D", "", text[: decimal.start()] if decimal else text)
    return float(f"{whole}.{decimal[1]}" if decimal else whole)
