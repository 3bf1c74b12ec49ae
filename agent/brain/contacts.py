"""What a sentence says of how somebody is reached: an address, a number, a name, or that an invitation is wanted. Pure.

Only that something was said, and where; the value is read by ``tools/capture``. To add a wording: in its pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.capture.emails import ADDRESS, read_email
from tools.capture.model import Kind
from tools.capture.reading import read_name
from tools.capture.spelling import read_digits

_WHOSE = r"(?:my|our|her|his|their|the|whose)"
_IS = r"(?:'s| is| are| would be| will be| should be)"
_CUES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.EMAIL, re.compile(
        rf"\b(?:{_WHOSE} (?:new |work )?(?:e[- ]?mail|mail)(?: address)?{_IS}"
        r"|(?:e-?mail|write|write to|reach) (?:me|us|her|him|them) (?:at|under|on)"
        r"|invit(?:e|ation)s? (?:to|at))\b[\s:,]*", re.IGNORECASE)),
    (Kind.PHONE, re.compile(
        rf"\b(?:{_WHOSE} (?:\w+[ -]){{0,2}}?(?:number|phone|mobile|cell){_IS}"
        r"|(?:call|reach|ring|phone|text) (?:me|us|her|him|them)(?: back)? (?:at|on|under))\b[\s:,]*", re.IGNORECASE)),
    (Kind.NAME, re.compile(rf"\bmy (?:full |first |last )?name{_IS}\b[\s:,]*", re.IGNORECASE)),
)  # fmt: skip
_OFFERS = re.compile(
    r"\b(?:take|note|leave|give|write|save)(?: you)?(?: down)? (?:my|our|you my) "
    r"(?:(?P<email>e-?mail(?: address)?)|(?P<name>name)"
    r"|(?P<phone>(?:tele)?(?:phone|mobile|contact)?(?: ?number| phone)))"
    r"(?: down)?[\s.!?]*(?:please[\s.!?]*)?$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"[\s,.;]*\b(?:and|with|to|at|then|please|by the way|also)?[\s,]*$", re.IGNORECASE)
_INVITES = re.compile(
    r"[\s,.]*(?:\b(?:and|then|please|also|can you|could you)\s+)*\b(?:send|e-?mail|mail)\s+"
    r"(?:(?:her|him|them|me|us|everyone|everybody|[A-Z]\w+)\s+)?(?:(?:an?|the)\s+)?(?:e-?mail\s+)?(?:calendar\s+)?invit(?:e|ation)s?"
    r"(?:\s+(?:to|for)\s+(?:her|him|them|me|us|it|that|everyone|[A-Z]\w+))?"
    r"|\bwith an? (?:e-?mail )?invitation",
    re.IGNORECASE,
)
_SPEAKS_OF = {
    Kind.EMAIL: re.compile(r"\b(?:e-?mail|address|at sign|dot|spell\w*|spelt|letters?)\b", re.IGNORECASE),
    Kind.PHONE: re.compile(r"\b(?:number|digits?|ends? (?:in|with|on)|starts? with)\b", re.IGNORECASE),
    Kind.NAME: re.compile(r"\b(?:name|spell\w*|spelt|letters?)\b", re.IGNORECASE),
}
_FEWEST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Given:
    """``said``: the part that holds the value, "" when it was only announced; ``rest``: what was said before it."""

    kind: Kind
    said: str
    rest: str


def given(text: str) -> Given | None:
    """An address, a number or a name the caller gives, or offers to give; None when the sentence is about others."""
    text = text.replace("’", "'")
    if ADDRESS.fullmatch(text.strip(" .,!")):
        return Given(Kind.EMAIL, text.strip(" .,!"), "")
    for kind, cue in _CUES:
        found = cue.search(text)
        if found and _holds(kind, said := text[found.end() :].strip()):
            return Given(kind, said, _BEFORE.sub("", text[: found.start()]).strip())
    if offer := _OFFERS.search(text):
        kind = next(kind for kind in (Kind.EMAIL, Kind.PHONE, Kind.NAME) if offer[kind.value])
        return Given(kind, "", "")
    return None


def _holds(kind: Kind, said: str) -> bool:
    """The value, as far as it could be heard; "my e-mail is broken" gives none."""
    if not re.search(r"\w", said):
        return True
    if kind is Kind.EMAIL:
        return bool(read_email(said)) or bool(
            re.search(r"@|\bat\b.*\b(?:dot|com|org|net|de|uk)\b|\bdot\b", said.lower())
        )
    if kind is Kind.PHONE:
        return len(read_digits(said)) >= _FEWEST_DIGITS
    return bool(read_name(said))


def invitation(text: str) -> tuple[str, bool]:
    """The sentence without its wish for an invitation by mail, and whether it had one."""
    rest = _INVITES.sub("", text, count=1)
    return (rest.strip(" ,") if rest != text else text), rest != text


def speaks_of(kind: Kind, text: str) -> bool:
    """Whether a correction can mean a value of this kind that was confirmed before."""
    return kind in _SPEAKS_OF and bool(_SPEAKS_OF[kind].search(text))
