"""German: numbers, dates and clock as they are said, signs and abbreviations. Umlauts as written."""

import re

from agent.pipeline.speakable.table import Currency, Reader, Tongue, Words

_ONES = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn "
    "achtzehn neunzehn"
).split()
_TENS = "_ zehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_LARGE = (
    (10**12, "eine Billion", "Billionen"),
    (10**9, "eine Milliarde", "Milliarden"),
    (10**6, "eine Million", "Millionen"),
)
_ORDINALS = {1: "erst", 3: "dritt", 7: "siebt", 8: "acht"}
MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
_BENDING = {"am": "en", "vom": "en", "zum": "en", "dem": "en", "den": "en", "beim": "en", "ab": "en", "bis": "en",
            "seit": "en", "im": "en", "der": "e", "die": "e", "das": "e"}  # fmt: skip


def cardinal(number: int) -> str:
    """234 -> "zweihundertvierunddreißig"."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    for size, one, many in _LARGE:
        if number >= size:
            count, rest = divmod(number, size)
            head = one if count == 1 else f"{cardinal(count)} {many}"
            return f"{head} {cardinal(rest)}" if rest else head
    return _small(number) if number else _ONES[0]


def _small(number: int) -> str:
    if number >= 1000:
        count, rest = divmod(number, 1000)
        return f"{'ein' if count == 1 else _before(_small(count))}tausend{_small(rest) if rest else ''}"
    if number >= 100:
        count, rest = divmod(number, 100)
        return f"{_before(_ONES[count])}hundert{_small(rest) if rest else ''}"
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_before(_ONES[ones])}und{_TENS[tens]}" if ones else _TENS[tens]


def _before(words: str) -> str:
    """ "eins" in front of a noun or another number is "ein"."""
    return words[:-1] if words.endswith("eins") else words


def ordinal(number: int, ending: str = "er") -> str:
    """24 -> "vierundzwanzigster"; ``ending`` as the word in front asks for."""
    rest = number % 100
    if rest < 20 and rest in _ORDINALS:
        stem = cardinal(number - rest) if number > rest else ""
        return f"{stem}{_ORDINALS[rest]}{ending}"
    return f"{cardinal(number)}{'t' if 0 < rest < 20 else 'st'}{ending}"


def year(number: int) -> str:
    """1999 -> "neunzehnhundertneunundneunzig", 2026 -> "zweitausendsechsundzwanzig"."""
    century, rest = divmod(number, 100)
    return f"{_ONES[century]}hundert{_small(rest) if rest else ''}" if 11 <= century <= 19 else cardinal(number)


def date(day: int, month: int, of_year: int | None, before: str = "") -> str:
    spoken = f"{ordinal(day, _BENDING.get(before, 'er'))} {MONTHS[month - 1]}"
    return f"{spoken} {year(of_year)}" if of_year is not None else spoken


def clock(hour: int, minute: int, half: str = "") -> str:
    """(14, 30) -> "vierzehn Uhr dreißig"."""
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    return f"{_before(cardinal(hour))} Uhr{f' {cardinal(minute)}' if minute else ''}"


def fraction(above: int, below: int) -> str:
    """(3, 4) -> "drei Viertel"."""
    if not 2 <= below <= 20 or above >= below:
        return f"{cardinal(above)} durch {cardinal(below)}"
    if below == 2:
        return "ein halb"
    return f"{_before(cardinal(above))} {ordinal(below, 'el').capitalize()}"


def money(units: int, parts: int, currency: Currency) -> str:
    """(12, 50, Euro) -> "zwölf Euro fünfzig"."""
    said = [currency.one if units == 1 else f"{_before(cardinal(units))} {currency.many}"] if units or not parts else []
    if parts and units:
        return f"{said[0]} {cardinal(parts)}"
    return currency.part_one if parts == 1 else f"{cardinal(parts)} {currency.part_many}" if parts else said[0]


def _inflected(match: re.Match[str]) -> str:
    return f"{match['before']} {ordinal(int(match['n']), _BENDING[match['before'].lower()])}"


_FEMININE = "Person|Nacht|Stunde|Minute|Sekunde|Woche|Flasche|Tasse|Frage|Karte|Reservierung|Buchung"
_OWN: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"\b(?P<hour>[01]?\d|2[0-4])(?:[.:](?P<minute>[0-5]\d))?\s?Uhr\b(?!\s?[–-])"),
     lambda m: None if _in_range(m) else clock(int(m["hour"]), int(m["minute"] or 0))),
    (re.compile(
        rf"\b(?P<before>{'|'.join(_BENDING)})\s+(?P<n>\d{{1,3}})\.(?=\s+(?!(?:{'|'.join(MONTHS)})\b)[A-ZÄÖÜ])",
        re.IGNORECASE,
    ), _inflected),
    (re.compile(r"\b(?P<before>am|vom|zum|der|den|dem|bis|seit|ab)\s+(?P<n>\d{1,2})\.(?P<m>1[0-2]|0?[1-9])\.(?!\d)"),
     lambda m: f"{m['before']} {date(int(m['n']), int(m['m']), None, m['before'])}"),
    (re.compile(rf"(?<![\d.,:])1(?=\s+(?:{_FEMININE})\b)"), lambda _: "eine"),
    (re.compile(r"(?<![\d.,:])1(?=\s+[A-ZÄÖÜ][a-zäöü]{2})"), lambda _: "ein"),
    (re.compile(r"\busw\.(?=\s+[A-ZÄÖÜ]|\s*$)"), lambda _: "und so weiter."),
    (re.compile(r"(?<=[a-zäöüß])str\.(?=\s)"), lambda _: "straße"),
    (re.compile(r"\bSt\.\s+(?=[A-ZÄÖÜ])"), lambda _: "Sankt "),
)  # fmt: skip


def _in_range(match: re.Match[str]) -> bool:
    return bool(re.search(r"\d\s?[–-]\s?$", match.string[: match.start()]))


_EURO = Currency("ein Euro", "Euro", "ein Cent", "Cent")
_DOLLAR = Currency("ein Dollar", "Dollar", "ein Cent", "Cent")
_FRANC = Currency("ein Franken", "Franken", "ein Rappen", "Rappen")
_POUND = Currency("ein Pfund", "Pfund", "ein Penny", "Pence")

GERMAN = Tongue(
    code="de",
    cardinal=cardinal,
    ordinal=ordinal,
    year=year,
    clock=clock,
    date=date,
    day_month=date,
    fraction=fraction,
    money=money,
    months=MONTHS,
    short_months={
        "Jan": 1, "Feb": 2, "Mär": 3, "Mrz": 3, "Apr": 4, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Sept": 9,
        "Okt": 10, "Nov": 11, "Dez": 12,
    },
    short_days={
        "Mo": "Montag", "Di": "Dienstag", "Mi": "Mittwoch", "Do": "Donnerstag", "Fr": "Freitag", "Sa": "Samstag",
        "So": "Sonntag",
    },
    units={
        "km": ("ein Kilometer", "Kilometer"), "m": ("ein Meter", "Meter"), "cm": ("ein Zentimeter", "Zentimeter"),
        "mm": ("ein Millimeter", "Millimeter"), "kg": ("ein Kilogramm", "Kilogramm"), "g": ("ein Gramm", "Gramm"),
        "mg": ("ein Milligramm", "Milligramm"), "l": ("ein Liter", "Liter"), "ml": ("ein Milliliter", "Milliliter"),
        "km/h": ("ein Kilometer pro Stunde", "Kilometer pro Stunde"), "m/s": ("ein Meter pro Sekunde",
        "Meter pro Sekunde"),
        "m²": ("ein Quadratmeter", "Quadratmeter"), "qm": ("ein Quadratmeter", "Quadratmeter"),
        "km²": ("ein Quadratkilometer", "Quadratkilometer"), "m³": ("ein Kubikmeter", "Kubikmeter"),
        "°C": ("ein Grad Celsius", "Grad Celsius"), "°": ("ein Grad", "Grad"), "Std.": ("eine Stunde", "Stunden"),
        "Std": ("eine Stunde", "Stunden"), "h": ("eine Stunde", "Stunden"), "Min.": ("eine Minute", "Minuten"),
        "Min": ("eine Minute", "Minuten"), "min": ("eine Minute", "Minuten"), "Sek.": ("eine Sekunde", "Sekunden"),
        "s": ("eine Sekunde", "Sekunden"), "kW": ("ein Kilowatt", "Kilowatt"), "kWh": ("eine Kilowattstunde",
        "Kilowattstunden"),
        "W": ("ein Watt", "Watt"), "MB": ("ein Megabyte", "Megabyte"), "GB": ("ein Gigabyte", "Gigabyte"),
        "TB": ("ein Terabyte", "Terabyte"),
    },
    currencies={"€": _EURO, "EUR": _EURO, "$": _DOLLAR, "USD": _DOLLAR, "CHF": _FRANC, "£": _POUND, "GBP": _POUND},
    scales={
        "Mio.": "Millionen", "Mio": "Millionen", "Mrd.": "Milliarden", "Mrd": "Milliarden", "Tsd.": "Tausend",
        "Millionen": "Millionen", "Milliarden": "Milliarden",
    },
    abbreviations={
        "z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "d. h.": "das heißt", "d.h.": "das heißt", "ca.": "circa",
        "bzw.": "beziehungsweise", "usw.": "und so weiter", "Nr.": "Nummer", "Str.": "Straße", "inkl.": "inklusive",
        "exkl.": "exklusive", "Dr.": "Doktor", "Prof.": "Professor", "Hr.": "Herr", "Fr.": "Frau", "evtl.": "eventuell",
        "ggf.": "gegebenenfalls", "max.": "maximal", "min.": "minimal", "mind.": "mindestens", "u. a.": "unter anderem",
        "u.a.": "unter anderem", "Tel.": "Telefon", "tel.": "telefonisch", "S.": "Seite", "Abs.": "Absatz",
        "Art.": "Artikel", "vgl.": "vergleiche", "zzgl.": "zuzüglich", "bspw.": "beispielsweise", "sog.": "sogenannte",
        "MwSt.": "Mehrwertsteuer", "o. Ä.": "oder Ähnliches", "v. a.": "vor allem", "i. d. R.": "in der Regel",
    },
    acronyms={},
    spelled=frozenset("EU USA UK API ID IP PC TV URL UNO EDV ICE DIN AG IBAN-".split()),
    openers=frozenset(
        (

            "im in seit von bis ab am vom zum der die das dem den beim jahr jahre um gegen nr z b d h u a v i r o"
        ).split()
    ),
    words=Words(
        to="bis", at="at", dot="Punkt", dash="Bindestrich", underscore="Unterstrich", slash="Schrägstrich",
        point="Komma", minus="minus", plus="plus", times="mal", by="mal", equals="gleich", about="etwa",
        plus_or_minus="plus minus", less_than="weniger als", more_than="mehr als", at_most="höchstens",
        at_least="mindestens", per="pro", percent="Prozent", per_mille="Promille", number="Nummer",
        section="Paragraf", version="Version", extension="Durchwahl", yes="ja", no="nein", and_="und", date_at="um",
        code="Der Code steht in der schriftlichen Antwort.",
    ),
    decimal_mark=",",
    day_first=True,
    clock_word=r"(?:Uhr|h)\b",
    year_words="im Jahr|Jahr|Jahre|in|seit|von|bis|ab|Frühling|Sommer|Herbst|Winter",
    before_noun=_before,
    own=_OWN,
)  # fmt: skip
