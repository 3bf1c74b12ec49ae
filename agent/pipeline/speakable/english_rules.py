"""What only English does: "St." as saint or street, rooms and codes in digits, Roman numbers after names, "24/7".

Each rule is a pattern and what is said instead; None leaves the match for the general rules. Tried before those.
"""

import re

from agent.pipeline.speakable.english_numbers import cardinal, ordinal, year
from agent.pipeline.speakable.figures import grouped
from agent.pipeline.speakable.roman import ROMAN, roman
from agent.pipeline.speakable.table import Reader, Spoken

_RULERS = (
    "Adrian Albert Alexander Alfonso Benedict Carlos Catherine Charles Clement Edward Elizabeth Felipe Ferdinand "
    "Francis Frederick George Gregory Gustav Harald Henry Innocent James John Juan Karl Leo Leopold Louis Ludwig "
    "Margaret Nicholas Otto Paul Peter Philip Pius Richard Urban Victor Wilhelm William"
).split()
_PARTS = (
    "War Part Chapter Type Phase Volume Act Section Article Level Class Grade Figure Table Appendix Book Stage Tier "
    "Category Schedule Title Bowl"
).split()
_STREET_NAME = r"(?:[A-Z][a-z]+\s+){1,3}"
_END = r"(?=\s*(?:[,;:)]|$)|\s+[a-z])"


def _digits(text: str) -> str:
    return ", ".join(" ".join(cardinal(int(digit)) for digit in group) for group in grouped(text))


def _roman_ordinal(match: re.Match[str]) -> Spoken:
    value = roman(match["roman"])
    if value is None or (len(match["roman"]) == 1 and match["name"] not in _RULERS):
        return None
    return f"{match['name']} the {ordinal(value).capitalize()}"


def _roman_part(match: re.Match[str]) -> Spoken:
    value = roman(match["roman"])
    return None if value is None else f"{match['name']} {cardinal(value).capitalize()}"


def _room(match: re.Match[str]) -> Spoken:
    """204 -> "two oh four", 1204 -> "twelve oh four", 1200 -> "twelve hundred"."""
    floor, door = divmod(int(match["door"]), 100)
    if match["door"][0] == "0":
        return f"{match['kind']} {_digits(match['door'])}"
    if door == 0:
        return f"{match['kind']} {cardinal(floor)} hundred"
    return f"{match['kind']} {cardinal(floor)} {'oh ' if door < 10 else ''}{cardinal(door)}"


def _decade(match: re.Match[str]) -> Spoken:
    tens = cardinal(int(match["tens"]) * 10)
    plural = tens[:-1] + "ies" if tens.endswith("y") else tens + "s"
    century = match["century"]
    if match["tens"] in "01":
        return f"{year(int(century) * 100)}s" if century and match["tens"] == "0" else None
    return f"{cardinal(int(century))} {plural}" if century else plural


def _price_of(match: re.Match[str]) -> Spoken:
    """ "a five dollar fee"."""
    unit = {"$": "dollar", "€": "euro", "£": "pound"}[match["sign"]]
    return f"{match['a']} {cardinal(int(match['n']))} {unit}"


def _rule(pattern: str, reader: Reader | str, flags: int = 0) -> tuple[re.Pattern[str], Reader]:
    if isinstance(reader, str):
        said = reader
        return re.compile(pattern, flags), lambda match: match.expand(said)
    return re.compile(pattern, flags), reader


OWN: tuple[tuple[re.Pattern[str], Reader], ...] = (
    _rule(r"\b[Nn]o\.\s?(?=\d)", "number "),
    _rule(r"\b[Nn]os\.\s?(?=\d)", "numbers "),
    _rule(r"\bpp\.\s?(?=\d)", "pages "),
    _rule(r"\bp\.\s?(?=\d)", "page "),
    _rule(r"\b[Ff]ig\.\s?(?=\d)", "figure "),
    _rule(r"\b[Vv]ol\.\s?(?=\d)", "volume "),
    _rule(r"\b[Cc]h\.\s?(?=\d)", "chapter "),
    _rule(r"\b[Ee]tc\.(?=\s+[A-Z]|\s*$)", "and so on."),
    _rule(r"\b[Ee]tc\.?(?!\w)", "and so on"),
    _rule(rf"(?<=\d)(\s+{_STREET_NAME})St\.(?=[\s,])", r"\1Street"),
    _rule(rf"(?<=\d)(\s+{_STREET_NAME})Dr\.(?=[\s,])", r"\1Drive"),
    _rule(r"\b([A-Z][a-z]+\s+)St\.(?=\s*$)", r"\1Street."),
    _rule(rf"\b([A-Z][a-z]+\s+)St\.{_END}", r"\1Street"),
    _rule(r"\bSt\.?\s+(?=[A-Z])", "Saint "),
    _rule(r"\bDr\.?(?=\s+[A-Z])", "Doctor"),
    _rule(r"\bDrs\.(?=\s)", "Doctors"),
    _rule(r"(?<=\d)\s?min\.(?=\s+[a-z]|\s*,)", " minutes"),
    _rule(r"(?<=\d)\s?min\.(?=\s+[A-Z]|\s*$)", " minutes."),
    _rule(r"\bmin\.(?=\s)", "minimum"),
    _rule(rf"\b(?P<name>{'|'.join(_PARTS)})\s+(?P<roman>{ROMAN})(?![\w'’.]\w|\w)", _roman_part),
    _rule(rf"\b(?P<name>[A-Z][a-zé]{{2,}})\s+(?P<roman>{ROMAN})(?![\w'’]|\.\w)", _roman_ordinal),
    _rule(r"\b(?P<kind>[Rr]oom|[Ss]uite|[Ff]lat|[Aa]partment)\s+(?P<door>\d{3,4})\b(?![.,:]\d)", _room),
    _rule(
        r"\b(?P<what>code|number|reference|booking|order|ticket|account|zip|extension|pin)"
        r"(?P<is>(?:\s+(?:code|number|no\.|is|:))*:?)\s+#?(?P<digits>\d{4,}|0\d+)\b(?![.,:/-]\d)",
        lambda match: f"{match['what']}{match['is']} {_digits(match['digits'])}",
        re.IGNORECASE,
    ),
    _rule(r"['’](?P<century>)(?P<tens>[2-9])0s\b", _decade),
    _rule(r"\b(?P<century>\d\d)?(?P<tens>\d)0s\b", _decade),
    _rule(r"\bQ([1-4])\s+(?P<year>20\d\d|19\d\d)\b", lambda m: f"Q {cardinal(int(m[1]))} {year(int(m[2]))}"),
    _rule(r"\b(?P<a>[Aa]n?)\s+(?P<sign>[$€£])(?P<n>\d+)(?=\s+[a-z])", _price_of),
    _rule(r"\b(?P<n>[1-9]\d?)/(?P=n)\b", lambda m: f"{cardinal(int(m['n']))}-{cardinal(int(m['n']))}"),
    _rule(r"\b[Ee]xt\.?\s?(?=\d)", "extension "),
    _rule(r"\b24/7\b", "twenty-four seven"),
    _rule(r"(?<![\w.])(\d)['’′]\s?(\d{1,2})[\"”″]", lambda m: f"{cardinal(int(m[1]))} foot {cardinal(int(m[2]))}"),
)
