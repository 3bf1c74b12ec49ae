"""What is read letter by letter or in groups: telephone numbers, codes, acronyms."""

import re
from collections.abc import Iterator

from agent.pipeline.speakable.figures import digits, spelled
from agent.pipeline.speakable.table import Reader, Spoken, Tongue

_SEP = r"(?:[ \u00a0./()–-]{1,3})"
_PHONES = (
    rf"\+\(?\d{{1,3}}\)?(?:{_SEP}?\(0\))?(?:{_SEP}?\(?\d{{2,}}\)?)(?:{_SEP}?\d{{2,}}){{0,5}}",  # with the country
    r"(?:\d{1,3}[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}",
    r"\d{3}-\d{4}",
    r"\(?0\d{1,5}\)?(?:[ \u00a0/–-]{1,3}\d{2,}){1,5}",  # as Europe writes them
    r"0\d{6,12}",
    r"[6-9]\d{2}(?:[ ]\d{3}[ ]\d{3}|(?:[ ]\d{2}){3})",  # Spain
)
_PHONE = re.compile(rf"(?<![\w.,:/$€£-])(?:{'|'.join(_PHONES)})(?![\w/]|[.,:-]\d)")
_CODE = re.compile(r"(?<![\w.#@$€£])(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w])")
_LONG_CODE = re.compile(
    r"(?<![\w])(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)", re.IGNORECASE
)
_NAME_AND_NUMBER = re.compile(r"(?<![\w.-])(?P<name>[A-Z][A-Za-z]{3,})-(?P<n>\d{1,3})(?![\w-])")
_SHORT = re.compile(r"(?P<letters>[A-Z]{1,3})-?(?P<n>[1-9]\d{0,2})(?P<after>[A-Z]?)")
_NUMBER_FIRST = re.compile(r"(?P<n>[1-9]\d{0,2})(?P<letters>[A-Z]{1,2})")
_ACRONYM = re.compile(r"(?<![\w.@#'’])(?P<name>[A-Z]{2,6})(?P<plural>s|['’]s)?(?![\w@])")
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.){2,5}(?:(?=[,;:!?)])|(?=\s+\w)|(?P<end>(?=\s*$)))")
_HAS_VOWEL = re.compile("[AEIOUY]")
_AS_IS = {"AM", "PM", "OK"}
_MOST = 5


class Letters:
    """The readers of one language."""

    def __init__(self, tongue: Tongue) -> None:
        self._tongue = tongue

    def phones(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        yield _PHONE, self._phone

    def codes(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        yield _LONG_CODE, lambda match: spelled(match[0], self._tongue)
        yield _NAME_AND_NUMBER, lambda match: f"{self._said(match['name'])} {self._tongue.cardinal(int(match['n']))}"
        yield _CODE, self._code

    def acronyms(self) -> Iterator[tuple[re.Pattern[str], Reader]]:
        yield _INITIALS, lambda m: " ".join(m[0].replace(".", "")) + ("." if m["end"] is not None else "")
        yield _ACRONYM, self._acronym

    def _phone(self, match: re.Match[str]) -> Spoken:
        text = match[0]
        if not 7 <= len(re.sub(r"\D", "", text)) <= 15:
            return None
        text = re.sub(r"\(0\)", "", text)  # +49 (0) 30: not dialled from abroad
        plus = f"{self._tongue.words.plus} " if text.startswith("+") else ""
        return plus + digits(_apart(text), self._tongue)

    def _code(self, match: re.Match[str]) -> Spoken:
        text = match[0]
        if short := _SHORT.fullmatch(text):
            after = f" {short['after']}" if short["after"] else ""
            return f"{' '.join(short['letters'])} {self._tongue.cardinal(int(short['n']))}{after}"
        first = _NUMBER_FIRST.fullmatch(text)
        if first and first["letters"] in {"ST", "ND", "RD", "TH"}:
            return self._tongue.ordinal(int(first["n"]))
        if first and first["letters"] not in {"M", "B", "AM", "PM", *self._tongue.units}:
            return f"{self._tongue.cardinal(int(first['n']))} {' '.join(first['letters'])}"
        if text in self._tongue.units or re.fullmatch(r"\d+(?:[MBWV]|AM|PM|KB|MB|GB|TB|L)", text):
            return None
        return spelled(text, self._tongue)

    def _acronym(self, match: re.Match[str]) -> Spoken:
        said = self._said(match["name"])
        if said == match["name"]:
            return None
        return said + ("'s" if match["plural"] else "")

    def _said(self, name: str) -> str:
        if name in self._tongue.acronyms:
            return self._tongue.acronyms[name]
        unsayable = name.isupper() and len(name) <= _MOST and not _HAS_VOWEL.search(name)
        if name in _AS_IS or not (name in self._tongue.spelled or unsayable):
            return name
        return " ".join(name)


def _apart(text: str) -> str:
    """+4930… without any break: the country's two digits alone."""
    return f"{text[1:3]} {text[3:]}" if re.fullmatch(r"\+\d{9,}", text) and text[1] != "1" else text
