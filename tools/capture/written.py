"""Addresses and telephone numbers within texts that are to be written somewhere, as ``Capture.value`` has them. Pure.

Days, sums and the numbers of orders, accounts and meetings are none. To add a word that says so: ``_NUMBERED``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tools.capture.model import Kind
from tools.capture.typed import typed_value

_ADDRESS: Final = re.compile(r"[^\s<>(),;:/\"]+@[^\s<>(),;:/\"]+\.[^\s<>(),;:/\"]+")
_AROUND: Final = ".'’!?"
_NO_NUMBER: Final = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?"  # days and times
    r"|\b\d{1,2}[./] ?\d{1,2}[./] ?\d{2,4}\b|\b\d{1,2}:\d{2}\b|\b(?:19|20)\d{2} ?[-–/] ?(?:19|20)\d{2}\b"
    r"|\b[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\d.])",  # 1.250.000
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"(?<![\w#/=.,:@-])\+?\(?\+?\d(?:[\s()./–-]{0,3}\d){6,}(?![-/]?\w|@)")
_NUMBERED: Final = re.compile(
    r"\b(?:(?:order|booking|reservation|reference|ref|invoice|ticket|case|contract|policy|tracking|confirmation|serial"
    r"|passcode|code|pin|id|iban|card|account)(?: (?:number|no|nr|id|code))?"
    r"|(?:customer|client|patient|member|membership|insurance|file|item|article|tax|vat|registration|meeting|order)"
    r" (?:number|no|nr|id|code))\b[.:#= ]*(?:is )?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Contact:
    """``kind``: EMAIL or PHONE; ``value``: "anna@example.com", "+493012345"."""

    kind: Kind
    value: str


def contacts_in(texts: Iterable[str], now: datetime) -> list[Contact]:
    """Each once, in their order; ``now`` is the call's wall time."""
    return list(dict.fromkeys(one for text in texts for one in _contacts(text, now)))


def _contacts(text: str, now: datetime) -> list[Contact]:
    addresses = [found[0].strip(_AROUND).lower() for found in _ADDRESS.finditer(text)]
    return [*(Contact(Kind.EMAIL, one) for one in addresses), *_phones(_NO_NUMBER.sub(" , ", text), now)]


def _phones(text: str, now: datetime) -> list[Contact]:
    numbers = [
        typed_value(Kind.PHONE, found[0], now)
        for found in _PHONE.finditer(text)
        if found[0].startswith("+") or not _NUMBERED.search(text[: found.start()])
    ]
    return [Contact(Kind.PHONE, one) for one in numbers if one]
