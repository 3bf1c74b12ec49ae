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

ENGLISH = Language(
    code="en",
    units={word: value for value, word in enumerate(_UNITS)},
    tens={word: value for value, word in zip(range(20, 100, 10), _TENS, strict=True)},
    ordinals={word: value for value, word in enumerate(_ORDINALS, 1)} | {"thirtieth": 30},
    same={
        "tues": "tuesday", "tue": "tuesday", "weds": "wednesday", "wed": "wednesday", "thurs": "thursday",
        "thur": "thursday", "thu": "thursday", "fri": "friday", "mon": "monday", "jan": "january", "feb": "february",
        "apr": "april", "aug": "august", "sept": "september", "sep": "september", "oct": "october", "nov": "november",
        "dec": "december", "hrs": "hours", "hr": "hour", "mins": "minutes", "min": "minute", "tmrw": "tomorrow",
        "tomorow": "tomorrow", "til": "until", "till": "until", "thru": "through", "midday": "noon", "oh": "oh",
        "fortnights": "fortnight", "workday": "weekday", "workdays": "weekdays", "zulu": "utc", "xmas": "christmas",
    },
    phrases=(
        (r"(?:business|working|work) day(s?)", r"weekday\1"),
        (r"(?:oh|zero|0) ([1-9])(?= hundred| [1-5]\d\b)", r"0\1"),
        (r"2 thousand(?: and)? (\d\d)", r"20\1"),
        (r"20 ([2-4]\d)(?= |$)(?! (?:am|pm|oclock))", r"20\1"),
        (r"at the half past", "at half past"),
    ),
)  # fmt: skip
