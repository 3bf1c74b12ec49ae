"""English: number words, spellings, and turns of phrase as the normal text of `words` has them. Data only.

The normal text is plain English with digits ("half past 3 on the 23rd"), which the patterns of the other modules read;
another language is a table like this one whose phrases lead to the same normal text.
"""

from __future__ import annotations

from tools.calendars.language.table import Language

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_DATE = r"(?:the )?(?:\d|january|february|march|april|may|june|july|august|september|october|november|december)"

ENGLISH = Language(
    code="en",
    units={word: value for value, word in enumerate(_UNITS)},
    tens={word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    ordinals={word: value for value, word in enumerate(_ORDINALS, 1)} | {"thirtieth": 30},
    same={f"{word}ish": word for word in (*_UNITS[1:13], "noon", "midnight")} | {
        "tues": "tuesday", "tue": "tuesday", "weds": "wednesday", "wed": "wednesday", "thurs": "thursday",
        "thur": "thursday", "thu": "thursday", "fri": "friday", "mon": "monday", "jan": "january",
        "feb": "february", "apr": "april", "jun": "june", "jul": "july", "aug": "august", "sept": "september",
        "sep": "september", "oct": "october", "nov": "november", "dec": "december", "hrs": "hours", "hr": "hour",
        "mins": "minutes", "min": "minute", "tmrw": "tomorrow", "tomorow": "tomorrow", "til": "until",
        "till": "until", "thru": "through", "midday": "noon", "o": "oh", "oh": "oh", "fortnights": "fortnight",
        "we'd": "we would", "workday": "weekday", "workdays": "weekdays", "zulu": "utc", "xmas": "christmas",
        "weakly": "weekly", "mundi": "monday",  # as small recognisers write them
    },
    phrases=(
        (r"([ap]) m", r"\1m"),
        (r"1 (?:to|on|through) 1(?! [0-5]\d)", "one on one"),
        (r"tmr", "tomorrow"),
        (r"weekday (morning|afternoon|evening)s", r"weekdays in the \1"),
        (r"weekend (morning|afternoon|evening)s", r"weekends in the \1"),
        (r"(?<!\d )(?:on )?(morning|afternoon|evening|night)s", r"every \1"),
        (r"annual", "annually"), (r"w c", "week of"), (r"quarter hour", "quarter of an hour"),
        (r"quarter of an hour (past|to|after)(?= \d)", r"quarter \1"),
        (r"(?:2nd to last|last but (?:1|one)|next to last)", "penultimate"),
        (r"(sounds|thats|that is|looks|all|very) good", r"\1 fine"),
        (r"for (\d+) h", r"for \1 hours"), (r"for (\d+) m", r"for \1 minutes"),
        (r"(\d+) 1/2 hours?", r"\1 and a half hours"),
        (r"in the (am|pm)", r"\1"),
        (r"(\d{1,2}) ([ap])(?= (?:to|until|through|[ecmp]t|on|tomorrow|today)(?: |$)|$)", r"\1 \2m"),
        (r"(\d{1,2}(?::\d\d)?) ish", r"\1"),
        (rf"sat(?= {_DATE})", "saturday"),
        (rf"sun(?= {_DATE})", "sunday"),
        (r"on the dot", "sharp"), (r"(\d{1,2}) h (\d\d)", r"\1:\2"),
        (r"week end(s?)", r"weekend\1"),
        (r"(\d+)\.5 hours?", r"\1 and a half hours"),
        (r"(?:eod|end of day)", "end of the day"),
        (r"(?:cob|eob)", "close of business"),
        (r"(?:eom|end of month|month end)", "end of the month"),
        (r"eow", "end of the week"),
        (r"(?:eoy|year end|end of year)", "end of the year"),
        (r"the following (week|month|weekend)", r"next \1"),
        (r"(?:business|working|work) day(s?)", r"weekday\1"),
        (r"(?:oh|zero|0) ([1-9])(?= hundred| [1-5]\d\b)", r"0\1"),
        (r"2 thousand(?: and)? (\d\d)", r"20\1"),
        (r"20 ([2-4]\d)(?= |$)(?! (?:am|pm|oclock))", r"20\1"),
    ),
)  # fmt: skip
