"""Whether a number is one: the check digits of cards, accounts and national ids. Pure; takes digits and letters"
" only."""

from __future__ import annotations

import re

_IBAN_LENGTH = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18,
    "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26,
}  # fmt: skip
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def is_iban(text: str) -> bool:
    """ISO 13616: right length for its country and remainder 1 modulo 97."""
    text = re.sub(r"[\s-]", "", text).upper()
    if _IBAN_LENGTH.get(text[:2]) != len(text) or not text[2:4].isdigit():
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(one, 36)) for one in moved)) % 97 == 1


def is_card(text: str) -> bool:
    """ISO 7812: a known first digit, 13-19 digits, Luhn's sum."""
    digits = re.sub(r"\D", "", text)
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456" or len(set(digits)) < 2:
        return False
    total = 0
    for place, one in enumerate(reversed(digits)):
        value = int(one) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_us_ssn(text: str) -> bool:
    """AAA-GG-SSSS with parts that are given out."""
    area, group, serial = text.split("-")
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def is_german_tax_id(text: str) -> bool:
    """Eleven digits: one of the first ten twice or thrice, the last by ISO 7064 MOD 11,10."""
    digits = re.sub(r"\D", "", text)
    if len(digits) != 11 or digits[0] == "0":
        return False
    counts = sorted(digits[:10].count(one) for one in set(digits[:10]))
    if counts[-1] not in {2, 3} or counts.count(counts[-1]) != 1 or any(one > 1 for one in counts[:-1]):
        return False
    product = 10
    for one in digits[:10]:
        total = (int(one) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def is_spanish_id(text: str) -> bool:
    """DNI (8 digits) or NIE (X, Y or Z and 7 digits) with the right letter."""
    text = re.sub(r"[\s.-]", "", text).upper()
    number = text[:-1].replace("X", "0", 1).replace("Y", "1", 1).replace("Z", "2", 1)
    return number.isdigit() and len(number) == 8 and _DNI[int(number) % 23] == text[-1]


def is_uk_insurance_number(text: str) -> bool:
    """Two letters, six digits, one of A-D, without the prefixes that are not given out."""
    text = re.sub(r"\s", "", text).upper()
    return not (text[0] in "DFIQUV" or text[1] in "DFIOQUV" or text[:2] in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"})


def is_french_number(text: str) -> bool:
    """NIR: 13 digits and a key of two, 97 minus the remainder."""
    digits = re.sub(r"\D", "", text)
    return len(digits) == 15 and digits[0] in "12" and 97 - int(digits[:13]) % 97 == int(digits[13:])


def is_italian_code(text: str) -> bool:
    """Codice fiscale: six letters, a date, a place and a check letter."""
    odd = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", _ITALIAN_ODD, strict=True))
    text = text.upper()
    total = sum(odd[one] for one in text[:15:2]) + sum(
        int(one) if one.isdigit() else ord(one) - 65 for one in text[1:15:2]
    )
    return chr(65 + total % 26) == text[15]


_ITALIAN_ODD = (
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21),
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
)
