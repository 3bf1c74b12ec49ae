"""E-mail addresses as they are said: "anna dot smith at g mail dot com, all one word". Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from tools.capture.alphabet import REPEATED, SIGNS
from tools.capture.spelling import letters_of, tokens_of

ADDRESS = re.compile(
    r"[\w+-]+(?:\.[\w+-]+)*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)*\.[a-z]{2,24}", re.IGNORECASE
)
PROVIDERS = {
    "gmail": "gmail.com", "googlemail": "googlemail.com", "hotmail": "hotmail.com", "outlook": "outlook.com",
    "yahoo": "yahoo.com", "icloud": "icloud.com", "aol": "aol.com", "protonmail": "protonmail.com",
    "gmx": "gmx.net", "web": "web.de", "live": "live.com", "msn": "msn.com",
}  # fmt: skip
_TOGETHER = "one word|together|lower ?case|small letters|no spaces?|without (?:a )?spaces?"
_HEARD_AS = (
    (r"\b(?:e[- ]?mails?|mail) address\b|\be-mail\b", " email "), (r"\bg[ -]?mail\b", "gmail"),
    (r"\bhot mail\b", "hotmail"), (r"\bout look\b", "outlook"), (r"\bi cloud\b", "icloud"),
    (r"\bproton mail\b", "protonmail"),
    (r"\bg m x\b", "gmx"), (r"\ba o l\b", "aol"),
    (r"\b(?:dot|period|point) ?(?:com|calm|come|kom)\b|\bdotcom\b", " dot com"),
    (r"\b(?:dot|period|point) (?:nett?|nut)\b", "dot net"), (r"\bcolon\b", " "),
    (rf"\b(?:as |it's |that's |in )?(?:all|everything)?,? ?(?:in )?(?:{_TOGETHER})\b", " "),
    (r"\bfull stop\b", "dot"), (r"\bat sign\b", "at"), (r"\b(?:under score|underline)\b", "underscore"),
)  # fmt: skip
_HEARING = tuple((re.compile(pattern), instead) for pattern, instead in _HEARD_AS)
_LEAD = frozenset(
    "my email e-mail mail address is it's its it that's thats the um uh er so yes yeah no nope sorry okay ok well sure "
    "please you can reach me use write send to would be i said meant actually i'm wrong not almost".split()
)
_SPELLED = frozenset({"spelled", "spelt", "that's", "thats"})
_ALIKE = 0.4


def read_email(text: str) -> str:
    """The address in small letters; "" when there is none."""
    if written := ADDRESS.search(text):
        return written[0].lower()
    tokens = [SIGNS[token] if token == "at" else token for token in tokens_of(_as_meant(text.replace("’", "'")))]
    if "@" not in tokens:
        return ""
    place = len(tokens) - 1 - tokens[::-1].index("@")
    domain = read_domain(" ".join(tokens[place + 1 :]))
    address = f"{_local(tokens[:place])}@{domain}"
    return address if domain and ADDRESS.fullmatch(address) else ""


def read_domain(text: str) -> str:
    """ "gmail" -> "gmail.com", "harbour dash house dot co dot uk" -> "harbour-house.co.uk"; "" when it is none."""
    tokens = tokens_of(_as_meant(text))
    while tokens and tokens[-1] in {"please", "thanks", "thank", "you", "okay", "right"}:
        tokens.pop()
    name = _joined(tokens)
    if name in PROVIDERS:
        return PROVIDERS[name]
    return name if re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}", name) else ""


def _as_meant(text: str) -> str:
    """In small letters, with the names and signs that recognisers hear as other words."""
    said = f" {text.lower()} "
    for pattern, instead in _HEARING:
        said = pattern.sub(instead, said)
    return said


def _local(tokens: list[str]) -> str:
    while len(tokens) > 1 and tokens[0] in _LEAD:
        tokens = tokens[1:]
    marks = [at for at, token in enumerate(tokens) if token in _SPELLED and at]
    if marks:  # "smith, that's s m y t h": the word as it was spelled
        letters = letters_of(tokens[marks[0] + 1 :])
        word = tokens[marks[0] - 1]
        if letters and SequenceMatcher(None, word, letters).ratio() >= _ALIKE:
            return _joined(tokens[: marks[0] - 1]) + letters
        tokens = [token for token in tokens if token not in _SPELLED]
    return _joined(tokens)


def _joined(tokens: list[str]) -> str:
    """Words, signs, digits and spelled letters as one word. A lone letter word ("be", "you") stays a word."""
    out, at = "", 0
    while at < len(tokens):
        token = tokens[at]
        if token in SIGNS:
            out, at = out + SIGNS[token], at + 1
            continue
        length = _spelled_length(tokens, at)
        letters = letters_of(tokens[at : at + length]) if length else None
        out, at = (out + letters, at + length) if letters else (out + token, at + 1)
    return re.sub(r"[^a-z0-9._+-]", "", out)


def _spelled_length(tokens: list[str], at: int) -> int:
    """How many tokens from here are spelling: "double s", "d as in delta", single letters, numbers."""
    token = tokens[at]
    if token in REPEATED and at + 1 < len(tokens):
        return 2
    if len(token) == 1 and tokens[at + 1 : at + 3] == ["as", "in"]:
        return 4
    if len(token) == 1 and tokens[at + 1 : at + 2] in (["for"], ["like"]) and at + 2 < len(tokens):
        return 3
    if (letters_of(tokens[at : at + 2]) or "").isdigit() and at + 1 < len(tokens):
        return 2
    digits = letters_of([token])
    return 1 if len(token) == 1 or (digits or "").isdigit() else 0
