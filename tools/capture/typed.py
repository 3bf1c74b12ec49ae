"""What was typed in the page or keyed on the telephone, as a value of one kind: it counts as it stands, or not at all.

Nothing is guessed, left out or heard differently, for nobody reads it back: what cannot be this kind as a whole is "".
Pure. To add a kind: a function from (text, now) to its written form, and a row in ``_READERS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from tools.capture.amounts import CURRENCIES, written_amount
from tools.capture.model import Kind
from tools.capture.reading import LONGEST_NAME, read_date, read_phone

_LONGEST_ADDRESS, _LONGEST_LOCAL = 254, 64
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ '’.\-])*")
_ADDRESS: Final = re.compile(
    r"(?P<local>[\w.!#$%&'*+/=?^`{|}~-]+)@(?:[^\W_][^\W_-]*(?:-+[^\W_]+)*\.)+[^\W\d_]{2,24}", re.IGNORECASE
)
_PHONE: Final = re.compile(r"\+?[\d\s()./–-]+")
_TRUNK: Final = re.compile(r"(?<=\d)\s*\(0\)\s*")  # "+49 (0)30": dialled at home only
_KEYED_DAY: Final = re.compile(r"(\d{2})(\d{2})(\d{4})?")
_DOTTED_DAY: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_HAS_YEAR: Final = re.compile(r"\d{4}|\d/\d")
_WHOLE = r"(?P<whole>\d{1,9}|\d{1,3}(?P<group>[.,' ’])\d{3}(?:(?P=group)\d{3}){0,2})"
_NUMBER = rf"{_WHOLE}(?:(?P<point>[.,])(?P<parts>\d{{1,2}}))?"
_AMOUNT: Final = re.compile(rf"(?P<before>[^\W\d_]+|[$€£])?\s*{_NUMBER}\s*(?P<after>[^\W\d_]+|[$€£])?")


def typed_value(kind: Kind, text: str, now: datetime) -> str:
    """The written form of ``text`` as ``Capture.value`` has it; "" when it is no such value."""
    return _READERS[kind](" ".join(text.split()).removesuffix("#").strip(), now)


def _name(text: str, _: datetime) -> str:
    return text if len(text) <= LONGEST_NAME and _NAME.fullmatch(text) else ""


def _email(text: str, _: datetime) -> str:
    found = _ADDRESS.fullmatch(text) if len(text) <= _LONGEST_ADDRESS else None
    if found is None or len(found["local"]) > _LONGEST_LOCAL:
        return ""
    return "" if found["local"][0] == "." or ".." in text or ".@" in text else text.lower()


def _phone(text: str, now: datetime) -> str:
    if not _PHONE.fullmatch(text):
        return ""
    return read_phone(_TRUNK.sub(" ", text) if text.startswith(("+", "00")) else text, now)


def _date(text: str, now: datetime) -> str:
    """As a page's field sends it, as it is keyed (day, month), as it is dotted; a day in words only without a year."""
    try:
        return _known(date.fromisoformat(text)) if "-" in text else _day(text, now)
    except ValueError:
        return ""


def _day(text: str, now: datetime) -> str:
    if (found := _KEYED_DAY.fullmatch(text) or _DOTTED_DAY.fullmatch(text)) and found[3]:
        return _known(date(int(found[3]), int(found[2]), int(found[1])))
    if found:
        return read_date(f"{found[1]}.{found[2]}.", now)
    return "" if _HAS_YEAR.search(text) else read_date(text, now)


def _known(day: date) -> str:
    return day.isoformat() if _FIRST_YEAR <= day.year <= _LAST_YEAR else ""


def _amount(text: str, _: datetime) -> str:
    found = _AMOUNT.fullmatch(text.casefold().replace("*", "."))
    if found is None or (found["point"] and found["point"] == found["group"]):
        return ""
    signs = [sign for sign in (found["before"], found["after"]) if sign]
    if len(signs) > 1 or any(sign not in CURRENCIES for sign in signs):
        return ""
    number = Decimal(re.sub(r"\D", "", found["whole"]) + "." + (found["parts"] or "0"))
    return written_amount(number, CURRENCIES[signs[0]] if signs else "")


_READERS: Final[Mapping[Kind, Callable[[str, datetime], str]]] = {
    Kind.NAME: _name,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.DATE: _date,
    Kind.AMOUNT: _amount,
}
