"""Amounts of money as they are said: "twelve fifty", "two hundred and fifty euros", "$1,200.50". Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from tools.capture.alphabet import ONES, TENS

CURRENCIES = {
    "$": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD", "usd": "USD", "€": "EUR", "euro": "EUR",
    "euros": "EUR", "eur": "EUR", "£": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "gbp": "GBP",
    "franc": "CHF", "francs": "CHF", "chf": "CHF", "yen": "JPY", "rupees": "INR",
}  # fmt: skip
_PARTS = frozenset("cent cents penny pence".split())
_SCALES = {"thousand": 1000, "grand": 1000, "million": 10**6, "k": 1000}
_WRITTEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d{1,2})?")
_TOKEN = re.compile(rf"{_WRITTEN.pattern}|[$€£]|[a-z]+")
_TEN = 10


def read_amount(text: str) -> str:
    """ "12.50 EUR", "250 USD", "12.50" when no currency was said; "" without a number."""
    words = _TOKEN.findall(text.lower().replace("-", " "))
    currency = next((CURRENCIES[word] for word in words if word in CURRENCIES), "")
    cut = next((at for at, word in enumerate(words) if word in CURRENCIES and word not in "$€£"), None)
    whole, rest = _numbers(words if cut is None else words[:cut]), [] if cut is None else _numbers(words[cut:])
    if not whole and not rest:
        return ""
    total = _total(whole, rest, has_parts=bool(_PARTS & set(words)), is_split=cut is not None)
    return written_amount(total, currency)


def written_amount(number: Decimal, currency: str) -> str:
    """ "12.50 EUR"; whole numbers without a point, and without a currency nothing behind."""
    shown = str(int(number)) if number == int(number) else f"{number:.2f}"
    return f"{shown} {currency}".strip()


def _total(whole: list[Decimal], rest: list[Decimal], *, has_parts: bool, is_split: bool) -> Decimal:
    if is_split:
        units = whole[-1] if whole else Decimal(0)
        return units + (rest[0] / 100 if rest else 0)
    if has_parts and len(whole) == 1:
        return whole[0] / 100
    if len(whole) == 2 and whole[1] < 100 and whole[0] == int(whole[0]):  # "twelve fifty"
        return whole[0] + whole[1] / 100
    return whole[-1]


def _numbers(words: list[str]) -> list[Decimal]:
    """The numbers in a row of words: "two hundred and fifty" is one, "twelve fifty" are two."""
    found: list[Decimal] = []
    total, current, open_ = Decimal(0), Decimal(0), False
    last = Decimal(-1)  # the size of the last word, to see where a new number begins
    for word in [*words, "."]:
        value = _value(word)
        if value is not None:
            if (
                open_
                and not (last >= 20 and value < _TEN and last % _TEN == 0)
                and last != 100
                and last not in {1000, 10**6}
            ):
                found.append(total + current)
                total, current = Decimal(0), Decimal(0)
            current, last, open_ = current + value, value, True
        elif word == "hundred":
            current, last, open_ = (current or Decimal(1)) * 100, Decimal(100), True
        elif word in _SCALES and (open_ or word == "thousand"):
            total, current, last, open_ = (
                total + (current or Decimal(1)) * _SCALES[word],
                Decimal(0),
                Decimal(_SCALES[word]),
                True,
            )
        elif word not in {"and", "a"} and open_:
            found.append(total + current)
            total, current, last, open_ = Decimal(0), Decimal(0), Decimal(-1), False
    return found


def _value(word: str) -> Decimal | None:
    if _WRITTEN.fullmatch(word):
        return Decimal(word.replace(",", "") if re.search(r",\d{3}", word) else word.replace(",", "."))
    number = ONES.get(word, TENS.get(word))
    return None if number is None else Decimal(number)
