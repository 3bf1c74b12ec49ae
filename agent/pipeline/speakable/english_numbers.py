"""Numbers as English words: counts, ordinals, years, dates, money, fractions and clock times. Pure."""

from agent.pipeline.speakable.table import Currency

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_LARGEST_PART = 20
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def cardinal(number: int) -> str:
    """234 -> "two hundred thirty-four"."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    for size, name in _SCALES:
        if number >= size:
            many, rest = divmod(number, size)
            return f"{cardinal(many)} {name}" + (f" {cardinal(rest)}" if rest else "")
    raise AssertionError(number)


def ordinal(number: int) -> str:
    """21 -> "twenty-first"."""
    words = cardinal(number)
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    last = words[cut:]
    ending = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return words[:cut] + ending


def year(number: int) -> str:
    """2026 -> "twenty twenty-six", 1905 -> "nineteen oh five", 2005 -> "two thousand five"."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010 or number % 1000 == 0:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def money(units: int, parts: int, currency: Currency) -> str:
    """(4, 50, dollars) -> "four dollars and fifty cents"."""
    said = [currency.one if units == 1 else f"{cardinal(units)} {currency.many}"] if units or not parts else []
    if parts:
        said.append(currency.part_one if parts == 1 else f"{cardinal(parts)} {currency.part_many}")
    return " and ".join(said)


def fraction(above: int, below: int) -> str:
    """(3, 4) -> "three quarters"; what nobody has a word for: "seven over thirty"."""
    if below > _LARGEST_PART or below < 2 or above >= below:
        return f"{cardinal(above)} over {cardinal(below)}"
    name = {2: "half", 4: "quarter"}.get(below) or ordinal(below)
    return f"{cardinal(above)} {name}" if above == 1 else f"{cardinal(above)} {'halves' if below == 2 else name + 's'}"


def date(day: int, month: int, of_year: int | None, before: str = "") -> str:
    """(24, 11, 2026) -> "November twenty-fourth, twenty twenty-six"."""
    spoken = f"{MONTHS[month - 1]} {ordinal(day)}"
    return f"{spoken}, {year(of_year)}" if of_year is not None else spoken


def day_month(day: int, month: int, of_year: int | None, before: str = "") -> str:
    """(24, 11, None) -> "the twenty-fourth of November"; behind "the" without it."""
    spoken = f"{'' if before == 'the' else 'the '}{ordinal(day)} of {MONTHS[month - 1]}"
    return f"{spoken}, {year(of_year)}" if of_year is not None else spoken


def clock(hour: int, minute: int, half: str = "") -> str:
    """(15, 5) -> "three oh five PM"; (9, 0, "am") -> "nine AM"; (7, 0) -> "seven o'clock"; (0, 0) -> "midnight"."""
    if hour % 24 == 0 and minute == 0 and not half:
        return "midnight"
    if not half and (hour == 0 or hour > 12):
        half = "am" if hour % 24 < 12 else "pm"
    shown = cardinal(hour % 12 or 12)
    minutes = "" if minute == 0 else f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
    return f"{shown}{minutes} {half.upper()}" if half else f"{shown}{minutes}" if minute else f"{shown} o'clock"
