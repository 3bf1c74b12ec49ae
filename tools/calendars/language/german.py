"""German: its words, and its turns of phrase as the normal text of `english` has them. Data only.

Words are mapped one by one first (`same`), so the patterns of the phrases see English words and digits.
"""

from __future__ import annotations

from tools.calendars.language.table import Language

_UNITS = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
    "siebzehn achtzehn neunzehn"
).split()
_TENS = {"zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "sechzig": 60}
_NUMBERS = {
    f"{'ein' if unit == 'eins' else unit}und{ten}": value + digit
    for ten, value in _TENS.items()
    for digit, unit in enumerate(_UNITS[:10])
    if digit
} | {"dreissig": 30, "zwo": 2}
_STEMS = {
    "erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "sechst": 6, "siebt": 7, "siebent": 7, "acht": 8,
    "neunt": 9, "zehnt": 10, "elft": 11, "zwölft": 12, "zwanzigst": 20, "dreißigst": 30, "dreissigst": 30,
    "einunddreißigst": 31,
} | {f"{word}t": value for value, word in enumerate(_UNITS) if 13 <= value <= 19} | {
    f"{word}st": value for word, value in _NUMBERS.items() if 20 < value < 30
}  # fmt: skip
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"


def _declined(stem: str, word: str) -> dict[str, str]:
    return {stem + ending: word for ending in ("e", "en", "er", "es", "em")}


_SAME = {
    "montag": "monday", "dienstag": "tuesday", "mittwoch": "wednesday", "donnerstag": "thursday", "freitag": "friday",
    "samstag": "saturday", "sonnabend": "saturday", "sonntag": "sunday", "montags": "mondays",
    "dienstags": "tuesdays", "mittwochs": "wednesdays", "donnerstags": "thursdays", "freitags": "fridays",
    "samstags": "saturdays", "sonntags": "sundays", "januar": "january", "februar": "february", "märz": "march",
    "mai": "may", "juni": "june", "juli": "july", "oktober": "october", "dezember": "december",
    "heute": "today", "morgen": "tomorrow", "gestern": "yesterday", "vormittag": "morning", "nachmittag": "afternoon",
    "abend": "evening", "nacht": "night", "mittag": "noon", "mitternacht": "midnight", "uhr": "oclock",
    "stunde": "hour", "stunden": "hours", "minuten": "minutes", "tag": "day", "tage": "days", "tagen": "days",
    "woche": "week", "wochen": "weeks", "monat": "month", "monats": "month", "monate": "months", "monaten": "months",
    "jahr": "year", "jahre": "years", "jahren": "years", "jahres": "year", "wochenende": "weekend",
    "werktag": "weekday", "werktags": "weekdays", "wochentags": "weekdays", "wochenenden": "weekends",
    "täglich": "daily", "wöchentlich": "weekly", "monatlich": "monthly", "jährlich": "annually", "alle": "every",
    "um": "at", "ab": "from", "von": "from", "bis": "until", "zwischen": "between", "und": "and", "oder": "or",
    "für": "for", "am": "on", "im": "in", "den": "the", "der": "the", "die": "the", "das": "the", "dem": "the",
    "des": "the", "vom": "from the", "zum": "the", "viertel": "quarter", "vor": "to", "nach": "past", "gegen": "around",
    "halbe": "half", "halben": "half", "nein": "no", "nicht": "not", "doch": "rather", "lieber": "rather",
    "stattdessen": "instead", "sondern": "rather", "entschuldigung": "sorry", "später": "later", "früher": "earlier",
    "ende": "end", "anfang": "beginning", "ganztägig": "all day", "heiligabend": "christmas eve",
    "weihnachten": "christmas", "silvester": "new years eve", "neujahr": "new years day", "karfreitag": "good friday",
    "ostern": "easter", "ostersonntag": "easter sunday", "ostermontag": "easter monday", "pfingsten": "pentecost",
    "pfingstmontag": "whit monday", "rosenmontag": "rose monday", "himmelfahrt": "ascension",
    "nikolaus": "st nicholas day", "mal": "times", "einmal": "once", "zweimal": "twice", "dreimal": "3 times",
    "pro": "per", "abendessen": "dinner",
    "frühstück": "breakfast", "mittagessen": "lunch", "ja": "yes", "übermorgen": "day after tomorrow",
    "außer": "except",
    "ein": "a", "eine": "a", "einer": "a", "einem": "a", "einen": "a",
    **_declined("nächst", "next"), **_declined("kommend", "coming"), **_declined("dies", "this"),
    **_declined("letzt", "last"), **_declined("jed", "every"), **_declined("übernächst", "afternext"),
}  # fmt: skip
_HALF_PAST = tuple((rf"halb {hour}", f"{hour - 1 or 12}:30") for hour in range(1, 13))
_BESIDE_HALF = tuple(
    (rf"{minutes} {side} halb {hour}", f"{hour - 1 or 12}:{30 + minutes * sign}")
    for hour in range(1, 13)
    for minutes in (5, 10)
    for side, sign in (("to", -1), ("past", 1))
)
_QUARTERS = tuple((rf"dreiviertel {hour}", f"{hour - 1 or 12}:45") for hour in range(1, 13))

GERMAN = Language(
    code="de",
    units={word: value for value, word in enumerate(_UNITS)},
    tens=_TENS,
    ordinals={stem + ending: value for stem, value in _STEMS.items() for ending in ("e", "en", "er", "es", "em")},
    numbers=_NUMBERS,
    same=_SAME,
    phrases=(
        *_BESIDE_HALF, *_HALF_PAST, *_QUARTERS,
        (r"(\d{1,2}) oclock ([1-9])(?! (?:tomorrow|today|january|february|march|december|days|weeks))", r"\1:0\2"),
        (r"(\d{1,2}) oclock ([1-5]\d)", r"\1:\2"),
        (r"(?:anderthalb|eineinhalb) (?:hours?)", "1 and a half hours"), (r"zweieinhalb hours?", "2 and a half hours"),
        (r"a dreiviertelstunde", "3 quarters of an hour"), (r"a viertelstunde", "a quarter of an hour"),
        (rf"kann (?:on )?({_DAYS}) not", r"cant do \1"), (r"guten tomorrow", "good morning"),
        (r"every tomorrow", "every morning"),
        (r"today tomorrow", "this morning"), (r"today (morning|afternoon|evening)", r"this \1"),
        (r"today night", "tonight"), (r"tomorrow früh", "tomorrow morning"), (r"on tomorrow", "in the morning"),
        (rf"({_DAYS}) (?:tomorrow|früh)", r"\1 morning"), (r"on (morning|afternoon|evening)", r"in the \1"),
        (r"(?:morgens|vormittags|früh)", "in the morning"), (r"nachmittags", "in the afternoon"),
        (r"abends", "in the evening"), (r"nachts", "at night"), (r"mittags", "noon"), (r"every night", "every night"),
        (r"the day after tomorrow", "day after tomorrow"), (r"the? ?(?:ganzen|ganze) day", "all day"),
        (rf"({_DAYS}) in (a|\d+) (weeks?)", r"\2 \3 from \1"), (r"(today|tomorrow) in a week", r"a week \1"),
        (r"afternext week", "the week after next"), (rf"afternext ({_DAYS})", r"\1 after next"),
        (r"(?:on|at) weekend", "this weekend"), (r"monatsende", "end of the month"), (r"jahresende", "end of the year"),
        (r"(end|beginning) (next|this|the) (week|month|year)", r"\1 of \2 \3"),
        (r"end (january|february|march|april|may|june|july|august|september|october|november|december)", r"end of \1"),
        (rf"({_DAYS}) (every|next|this|the) month", r"\1 of \2 month"),
        (r"(\d+(?:st|nd|rd|th)) (every|next|this|the) month", r"\1 of \2 month"),
        (r"last day (every|next|this|the) month", r"last day of \1 month"),
        (r"(\d+|a) (hours?|minutes|days|weeks?|months|years?) lang", r"for \1 \2"),
        (r"(once|twice|\d+ times) (?:the|in the|per) (week|month|year)", r"\1 a \2"),
        (r"tag the arbeit|day the arbeit", "labour day"), (r"day the deutschen einheit", "german unity day"),
        (r"christi ascension", "ascension day"), (r"i(?:ch)? (?:meine|meinte)", "i mean"),
        (r"(a|\d+) (days?|weeks?|months?) to (christmas|easter|pentecost|new years eve)", r"\1 \2 before \3"),
        (r"(a|\d+) (days?|weeks?|months?) past (christmas|easter|pentecost|new years eve)", r"\1 \2 after \3"),
        (r"berliner zeit", "berlin time"), (r"londoner zeit", "london time"), (r"new yorker zeit", "new york time"),
    ),
)  # fmt: skip
