"""How a value is told back, and how it is asked for: sentences in English that a voice reads well. Pure."""

from __future__ import annotations

from datetime import date

from tools import spoken
from tools.capture.model import Kind

_ASK = {
    Kind.NAME: "What is the name?",
    Kind.EMAIL: "What is the e-mail address?",
    Kind.PHONE: "What is the telephone number?",
    Kind.DATE: "Which day is it?",
    Kind.AMOUNT: "How much is it?",
}
_SPELL = {
    Kind.NAME: "Sorry. Could you spell the name for me, letter by letter?",
    Kind.EMAIL: "Sorry. Could you spell the part before the at sign, and then tell me the rest?",
    Kind.PHONE: "Sorry. Could you give me the number once more, one digit at a time?",
    Kind.DATE: "Sorry. Could you tell me the day and the month, as in the third of March?",
    Kind.AMOUNT: "Sorry. Could you tell me the amount once more, digit by digit?",
}
_TYPE = {
    Kind.NAME: "I keep getting this wrong. Please type the name into the field on the page.",
    Kind.EMAIL: "I keep getting this wrong. Please type the address into the field on the page.",
    Kind.PHONE: "I keep getting this wrong. Please type the number into the field on the page.",
    Kind.DATE: "I keep getting this wrong. Please choose the day on the page.",
    Kind.AMOUNT: "I keep getting this wrong. Please type the amount into the field on the page.",
}
_KEY = {
    Kind.PHONE: "I keep getting this wrong. Please key the number on your phone, and press the pound key at the end.",
    Kind.DATE: "I keep getting this wrong. Please key two digits for the day, two for the month, and the pound key.",
    Kind.AMOUNT: "I keep getting this wrong. Please key the amount, a star for the point, and the pound key.",
}
NO_KEYS = "I am not getting this right, and I do not want to note it wrongly. Shall we go on without it?"
_SIGNS = {".": "dot", "-": "dash", "_": "underscore", "+": "plus", "'": "apostrophe", " ": "then"}
_GROUP = 3
_SIGN_OF = {"USD": "$", "EUR": "€", "GBP": "£"}


def ask(kind: Kind) -> str:
    return _ASK[kind]


def ask_spelled(kind: Kind) -> str:
    return _SPELL[kind]


def ask_typed(kind: Kind, *, by_phone: bool) -> str:
    """The way out; on the phone what keys cannot say is left out instead."""
    return _KEY.get(kind, NO_KEYS) if by_phone else _TYPE[kind]


def read_back(kind: Kind, value: str, *, spelled: bool, today: date | None = None) -> str:
    """The question that a yes is an answer to."""
    said = told(kind, value, today=today)
    if spelled and kind in {Kind.NAME, Kind.EMAIL}:
        return f"So that is {said}, spelled {letter_by_letter(value)}. Is that right?"
    return f"I have {said}. Is that right?"


def told(kind: Kind, value: str, *, today: date | None = None) -> str:
    """The value as a person would write it for reading aloud; it holds every letter and digit of it."""
    if kind is Kind.PHONE:
        return grouped(value)
    if kind is Kind.DATE:
        day = date.fromisoformat(value)
        year = "" if today and day.year == today.year else f", {day.year}"
        return f"{day:%A}, {day:%B} {spoken.ordinal(day.day)}{year}"
    if kind is Kind.AMOUNT:
        number, _, currency = value.partition(" ")
        sign = _SIGN_OF.get(currency)
        return f"{sign}{number}" if sign else value
    return value


def grouped(number: str) -> str:
    """ "+4930123456" -> "+49 30 123 456" as far as that is known: groups of three, the last of up to four."""
    plus, digits = ("+", number[1:]) if number.startswith("+") else ("", number)
    groups: list[str] = []
    if plus and not digits.startswith(("1", "7")):
        groups, digits = [digits[:2]], digits[2:]
    elif plus:
        groups, digits = [digits[:1]], digits[1:]
    while len(digits) > _GROUP + 1:
        groups.append(digits[:_GROUP])
        digits = digits[_GROUP:]
    return plus + " ".join([*groups, digits] if digits else groups)


def letter_by_letter(value: str) -> str:
    """ "Anna Smyth" -> "A, N, N, A, then S, M, Y, T, H"; of an address the part before the @."""
    text = value.partition("@")[0]
    letters = [_SIGNS.get(character, character.upper()) for character in text]
    said = ", ".join(letters).replace(", then, ", ", then ")
    return f"{said}, at {value.partition('@')[2]}" if "@" in value else said
