"""What a caller changes of a value that was read back, and only that: "no, with a k", "it ends in 45". Pure.

Each reader takes the value and the sentence and returns the changed value, or "" when it does not apply; where two
places would fit, nothing is changed and the value is asked for again. To add a wording: a function in its kind's row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from tools.capture.day_changes import change_day
from tools.capture.emails import PROVIDERS, read_domain
from tools.capture.letter_changes import change_letters
from tools.capture.model import Kind
from tools.capture.reading import read_name, read_value, respelled
from tools.capture.spelling import read_digits, read_spelling

_NO = re.compile(
    r"^\W*(?:(?:no|nope|nah|not quite|almost|nearly|sorry|wrong|wait|actually|oh|um|uh|well|that's wrong"
    r"|that is wrong|not right|that's not right|yes but|yes|but)\b[\s,.!;—-]*)+",
    re.IGNORECASE,
)
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple of": 2, "couple": 2}
_NTH = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "sixth": 5, "seventh": 6, "eighth": 7,
        "ninth": 8, "tenth": 9, "last": -1}  # fmt: skip
_IT = r"(?:(?:it|that|(?:the|my|her|his) (?:tele)?(?:phone )?(?:number|one)) )?"
_ENDS = re.compile(
    r"(?:the )?(?P<where>last|first)\s+(?:(?P<count>one|two|three|four|five|six|couple(?: of)?|\d)\s+)?"
    r"(?:digits?|numbers?|letters?|figures?)"
    r"\s*(?:is|are|should be|must be|was|were|,|:)?\s+(?P<what>.+)",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"{_IT}(?:ends?|ending|finish(?:es)?) (?:in|with|on)\s+(?P<what>.+)|(?P<what2>.+?)\s+at the end\b", re.IGNORECASE
)
_HEAD = re.compile(
    rf"{_IT}(?:starts?|begins?|starting|beginning) (?:with|in|on)\s+(?P<what>.+)"
    r"|(?P<what2>.+?)\s+at the (?:start|beginning|front)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rf"(?:the )?(?P<nth>{'|'.join(_NTH)}|\d+(?:st|nd|rd|th))\s+(?:digit|number|letter|one|figure)\s*"
    r"(?:is|should be|must be|,|:)?\s+(?P<what>.+)",
    re.IGNORECASE,
)
_INSTEAD = (
    re.compile(r"(?:it's |it is )?(?P<new>.+?),?\s+(?:not|instead of|rather than)\s+(?P<old>.+)", re.IGNORECASE),
    re.compile(r"not\s+(?P<old>.+?)(?:,|\s+but|\s+it's)\s+(?P<new>.+)", re.IGNORECASE),
    re.compile(
        r"(?:change|replace)\s+(?:the )?(?P<old>.+?)\s+(?:to|with|by|into)\s+(?:an? )?(?P<new>.+)", re.IGNORECASE
    ),
    re.compile(r"(?:the )?(?P<old>\S+)\s+(?:should be|must be|is really)\s+(?:an? )?(?P<new>.+)", re.IGNORECASE),
)
_WHOLE = re.compile(
    r"\b(?:name is|name's|it's|it is|i said|i meant|should be|spelled|spelt|this is|i'm)\b", re.IGNORECASE
)


def corrected(kind: Kind, value: str, text: str, now: datetime | None) -> str:
    """The value as ``text`` changes it; "" when it changes nothing that can be told for sure."""
    said = text.strip().replace("’", "'")
    rest = _NO.sub("", said, count=1).strip(" .!?,")
    if not rest:
        return ""
    for change in _CHANGES[kind]:
        changed = change(value, rest, now)
        if changed and changed != value:
            return changed
    return _anew(kind, value, said, rest, now)


def _anew(kind: Kind, value: str, said: str, rest: str, now: datetime | None) -> str:
    """The whole value once more: for a name only where it is plain that one is said."""
    if kind is Kind.NAME:
        if not (_WHOLE.search(rest) or said != rest or len(read_spelling(rest)) > 1):
            return ""
        letters = read_spelling(rest)
        name = respelled(value, letters) if letters and " " in value else read_name(rest)
        if name == value and letters:
            name = read_name(rest)
        return name if name != value and not re.search(r"\b(?:with|without|letter|double|not)\b", rest.lower()) else ""
    new = read_value(kind, rest, now)
    return new if new != value else ""


def _digit_places(value: str, text: str, _: datetime | None) -> str:
    """Digits at the start, the end or a counted place."""
    plus = "+" if value.startswith("+") else ""
    digits = value.removeprefix("+")
    if found := _ENDS.fullmatch(text):
        new = read_digits(found["what"])
        count = _count(found["count"], len(new))
        return _at_edge(plus, digits, new, found["where"].lower() == "last") if new and len(new) == count else ""
    if (found := _PLACE.fullmatch(text)) and len(new := read_digits(found["what"])) == 1:
        nth = _nth(found["nth"])
        return plus + _placed(digits, nth, new) if -len(digits) <= nth < len(digits) else ""
    for pattern, is_end in ((_TAIL, True), (_HEAD, False)):
        if (found := pattern.fullmatch(text)) and (new := read_digits(found["what"] or found["what2"])):
            return _at_edge(plus, digits, new.lstrip("+"), is_end) if len(new) < len(digits) else ""
    return ""


def _at_edge(plus: str, digits: str, new: str, is_end: bool) -> str:
    return plus + (digits[: -len(new)] + new if is_end else new + digits[len(new) :])


def _digits_instead(value: str, text: str, _: datetime | None) -> str:
    """ "five, not nine", where the nine stands once."""
    for pattern in _INSTEAD:
        if found := pattern.fullmatch(text):
            old, new = read_digits(found["old"]), read_digits(found["new"])
            if old and new and value.count(old) == 1:
                return value.replace(old, new)
    return ""


def _letters_instead(value: str, text: str, _: datetime | None) -> str:
    """ "b not d", "smith not smyth", where the old one stands once (however it is written)."""
    for pattern in _INSTEAD:
        if found := pattern.fullmatch(text):
            old, new = _spelled(found["old"]), _spelled(found["new"])
            places = [match.start() for match in re.finditer(re.escape(old), value, re.IGNORECASE)] if old else []
            if new and len(places) == 1:
                at = places[0]
                new = new.capitalize() if value[at].isupper() else new
                return value[:at] + new + value[at + len(old) :]
    return ""


def _spelled(text: str) -> str:
    text = re.sub(r"^(?:with |it's |an? |the (?:letter )?)+", "", text.strip().lower())
    return read_spelling(text) or (text if re.fullmatch(r"[a-zäöüßáéíóúñ'.-]+", text) else "")


def _letter_place(value: str, text: str, _: datetime | None) -> str:
    """ "the third letter is m", counted in the value without spaces; of an address before the @."""
    found = _PLACE.fullmatch(text) or _ENDS.fullmatch(text)
    if not found or "letter" not in text.lower():
        return ""
    new = read_spelling(found["what"])
    part = value.split("@")[0]
    places = [at for at, character in enumerate(part) if character != " "]
    nth = _nth(found.groupdict().get("nth") or found.groupdict().get("where") or "")
    if len(new) != 1 or not -len(places) <= nth < len(places):
        return ""
    at = places[nth]
    return value[:at] + (new.upper() if value[at].isupper() else new) + value[at + 1 :]


def _domain(value: str, text: str, _: datetime | None) -> str:
    """ "it's gmail", "dot net not dot com", "at web dot de": the part behind the @."""
    name, _at, domain = value.partition("@")
    said = re.sub(r"^(?:it's |it is |the domain is |at )+", "", text.lower())
    said = re.sub(r",?\s+(?:not|instead of)\s+.*$", "", said).strip()
    said = re.sub(r"\s+at the end$", "", said)
    if tail := re.fullmatch(r"(?:dot |point )((?:\w+)(?: dot \w+)?)", said):
        top = tail[1].replace(" dot ", ".").replace("calm", "com")
        top = read_spelling(top) if len(top) > 3 and " " in top else top
        return f"{name}@{domain.rsplit('.', 1)[0]}.{top}" if re.fullmatch(r"[a-z]{2,10}(?:\.[a-z]{2})?", top) else ""
    if "@" in said or re.search(r"\w at \w", said):
        return ""
    new = read_domain(said)
    return f"{name}@{new}" if new and (new in PROVIDERS.values() or " dot " in f" {said} ") else ""


def _day(value: str, text: str, now: datetime | None) -> str:
    return change_day(value, text, now) if now else ""


def _currency(value: str, text: str, _: datetime | None) -> str:
    """ "no, euros" changes the money, "no, fifty" the number."""
    number, _space, currency = value.partition(" ")
    new = read_value(Kind.AMOUNT, text, None)
    if not new:
        named = read_value(Kind.AMOUNT, f"1 {text}", None).partition(" ")[2]
        return f"{number} {named}" if named and named != currency else ""
    amount, _space, other = new.partition(" ")
    return f"{amount} {other or currency}".strip()


def _amount_instead(value: str, text: str, now: datetime | None) -> str:
    for pattern in _INSTEAD[:2]:
        if found := pattern.fullmatch(text):
            return _currency(value, found["new"], now)
    return ""


def _letters(value: str, text: str, _: datetime | None) -> str:
    return change_letters(value, text)


def _count(text: str | None, default: int) -> int:
    if not text:
        return default
    return int(text) if text.isdigit() else _COUNTS[text.lower()]


def _nth(text: str) -> int:
    return _NTH[text.lower()] if text.lower() in _NTH else int(re.sub(r"\D", "", text) or 1) - 1


def _placed(digits: str, nth: int, new: str) -> str:
    at = nth % len(digits)
    return digits[:at] + new + digits[at + 1 :]


Change = Callable[[str, str, datetime | None], str]
_CHANGES: Mapping[Kind, tuple[Change, ...]] = {
    Kind.NAME: (_letter_place, _letters, _letters_instead),
    Kind.EMAIL: (_letter_place, _domain, _letters, _letters_instead),
    Kind.PHONE: (_digit_places, _digits_instead),
    Kind.DATE: (_day,),
    Kind.AMOUNT: (_amount_instead, _currency),
}
