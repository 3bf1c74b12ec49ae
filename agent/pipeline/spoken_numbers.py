"""Numbers as English words: counts, ordinals, years, digits one by one, money and clock times. Pure."""

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
_CURRENCIES = {
    "$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "pence"), "¥": ("yen", "sen"),
}  # fmt: skip


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


def decimal(text: str) -> str:
    """ "3.14" -> "three point one four"; a whole number as cardinal; more than fifteen digits one by one."""
    whole, _, fraction = text.replace(",", "").partition(".")
    if len(whole) > 15 or (len(whole) > 1 and whole[0] == "0"):
        return digits(whole + fraction)
    words = cardinal(int(whole or "0"))
    return f"{words} point {digits(fraction)}" if fraction else words


def digits(text: str) -> str:
    """ "555-0199" -> "five five five, zero one nine nine": digits alone, a pause where there was a break."""
    groups: list[str] = []
    current: list[str] = []
    for character in text:
        if character.isdigit():
            current.append(_ONES[int(character)])
        elif current:
            groups.append(" ".join(current))
            current = []
    if current:
        groups.append(" ".join(current))
    return ", ".join(groups)


def year(number: int) -> str:
    """2026 -> "twenty twenty-six", 1905 -> "nineteen oh five", 2005 -> "two thousand five"."""
    century, rest = divmod(number, 100)
    if 2000 <= number < 2010 or number % 1000 == 0:
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def money(symbol: str, amount: str) -> str:
    """("$", "4.50") -> "four dollars and fifty cents"."""
    unit, part = _CURRENCIES[symbol]
    whole, _, fraction = amount.replace(",", "").partition(".")
    units = int(whole or "0")
    parts = int((fraction + "0")[:2]) if fraction else 0
    plural = "" if unit == "yen" or units == 1 else "s"
    said = [f"{cardinal(units)} {unit}{plural}"] if units or not parts else []
    if parts:
        said.append(f"{cardinal(parts)} {part}{'s' if part == 'cent' and parts != 1 else ''}")
    return " and ".join(said)


def clock(hour: int, minute: int, half: str = "") -> str:
    """(15, 5) -> "three oh five PM"; (9, 0, "am") -> "nine AM"; (7, 0) -> "seven o'clock"."""
    if not half and (hour == 0 or hour > 12):
        half = "am" if hour < 12 else "pm"
    shown = cardinal(hour % 12 or 12)
    minutes = "" if minute == 0 else f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
    return f"{shown}{minutes} {half.upper()}" if half else f"{shown}{minutes}" if minute else f"{shown} o'clock"
