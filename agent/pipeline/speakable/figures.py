"""Numbers as they are written, read in a language: marks between thousands, decimals, digits in groups. Pure."""

import re

from agent.pipeline.speakable.table import Tongue

_NBSP = "\u00a0\u202f\u2009"
# Any way to write an amount, for places where a sign says that it is one (money, units, percent).
AMOUNT = rf"(?:\d{{1,3}}(?:[.,'’{_NBSP}]\d{{3}})+(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d+)?)(?![\d])"
SPELLED_WHOLE = 15  # more digits are read one by one
_GROUP = 4


def bare_number(tongue: Tongue) -> str:
    """The pattern of a number that stands alone, where a comma may be just a comma."""
    decimal, thousands = (".", ",") if tongue.decimal_mark == "." else (",", ".")
    d, t = re.escape(decimal), f"{re.escape(thousands)}{_NBSP}'’"
    return rf"(?:\d{{1,3}}(?: \d{{3}}){{2,}}(?!\d)|\d{{1,3}}(?:[{t}]\d{{3}})+(?!\d)(?:{d}\d+)?|\d+(?:{d}\d+)?)"


def parts(text: str, tongue: Tongue) -> tuple[str, str]:
    """("1.234,50", …) -> ("1234", "50"): whole digits and decimals."""
    text = re.sub(rf"['’\s{_NBSP}]", "", text)
    marks = [character for character in text if character in ".,"]
    if not marks:
        return text, ""
    last = text.rfind(marks[-1])
    if len(set(marks)) == 2:
        is_decimal = marks.count(marks[-1]) == 1
    else:
        is_decimal = len(marks) == 1 and (marks[0] == tongue.decimal_mark or len(text) - last - 1 != 3)
    whole, fraction = (text[:last], text[last + 1 :]) if is_decimal else (text, "")
    return re.sub(r"\D", "", whole), fraction


def number(text: str, tongue: Tongue) -> str:
    """ "3.14" -> "three point one four"; a leading zero or very many digits: one by one."""
    whole, fraction = parts(text, tongue)
    if len(whole) > SPELLED_WHOLE or (len(whole) > 1 and whole[0] == "0"):
        return digits(whole + fraction, tongue)
    words = tongue.cardinal(int(whole or "0"))
    if not fraction:
        return words
    return f"{words} {tongue.words.point} {' '.join(map(tongue.digit, fraction))}"


def is_one(text: str, tongue: Tongue) -> bool:
    return parts(text, tongue) == ("1", "")


def digits(text: str, tongue: Tongue) -> str:
    """ "555-0199" -> "five five five, zero one nine nine": a pause where there was a break, or after three."""
    groups = [group for run in re.findall(r"\d+", text) for group in grouped(run)]
    return ", ".join(" ".join(map(tongue.digit, group)) for group in groups)


def grouped(run: str) -> list[str]:
    """Up to four stay together; more in threes, the last of three or four."""
    groups: list[str] = []
    while len(run) > _GROUP:
        cut = {5: 2, 8: 4}.get(len(run), 3)
        groups.append(run[:cut])
        run = run[cut:]
    return [*groups, run] if run else groups


def spelled(text: str, tongue: Tongue) -> str:
    """ "AB1234" -> "A B, one two three four": letters and digits one by one, pauses between runs or after three."""
    runs = [run for part in re.split(r"[^A-Za-z0-9]+", text) for run in _runs(part) if run]
    return ", ".join(" ".join(c.upper() if c.isalpha() else tongue.digit(c) for c in run) for run in runs)


def _runs(part: str) -> list[str]:
    if len(part) <= _GROUP and not part.isdigit():
        return [part]
    alike = re.findall(r"[A-Za-z]+|\d+", part)
    if len(alike) <= 3 or all(len(run) > 1 for run in alike):
        return [group for run in alike for group in grouped(run)]
    return grouped(part)
