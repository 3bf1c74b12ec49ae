"""What a Word paragraph or run is, by its own formatting and its style: a heading, a list item, hidden. No text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.documents.extract.ooxml import Element, Package, W

_CHAIN = 12
_TINY = 3  # half points
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_NOT_NUMBERS = {"bullet", "none", "image"}


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str
    outline: int
    list_id: str
    list_level: int
    hidden: bool


class Styles:
    """The style sheet of a document."""

    def __init__(self, package: Package, main: str) -> None:
        self._styles: dict[str, _Style] = {}
        for part in package.related(main, "styles"):
            for one in package.xml(part).iterchildren(f"{W}style"):
                self._styles[one.get(f"{W}styleId", "")] = _style(one)

    def level(self, paragraph: Element) -> int:
        """The heading level, 0 for body text."""
        own = _outline(paragraph.find(f"{W}pPr"))
        if own:
            return own
        for style in self._chain(_value(paragraph, f"{W}pPr/{W}pStyle")):
            if style.name == "title":
                return 1
            if match := re.fullmatch(r"heading (\d)", style.name):
                return min(6, int(match[1]) or 1)
            if style.outline:
                return style.outline
        return 0

    def list_of(self, paragraph: Element) -> tuple[str, int]:
        """The numbering's id and the level in it; ("", 0) for what is no list item."""
        number = paragraph.find(f"{W}pPr/{W}numPr")
        if number is not None:
            return _value(number, f"{W}numId"), _whole(_value(number, f"{W}ilvl"))
        for style in self._chain(_value(paragraph, f"{W}pPr/{W}pStyle")):
            if style.list_id:
                return style.list_id, style.list_level
            if style.name.startswith("list bullet") or style.name == "list paragraph":
                return "", 0
        return "", 0

    def is_bulleted(self, paragraph: Element) -> bool:
        return any(one.name.startswith("list bullet") for one in self._chain(_value(paragraph, f"{W}pPr/{W}pStyle")))

    def is_hidden(self, run: Element) -> bool:
        """Marked hidden, white without a ground of its own, or too small to read."""
        own = run.find(f"{W}rPr")
        if own is not None and own.find(f"{W}vanish") is not None:
            return _is_on(own.find(f"{W}vanish"))
        if own is not None and _is_unreadable(own):
            return True
        return any(style.hidden for style in self._chain(_value(run, f"{W}rPr/{W}rStyle")))

    def _chain(self, name: str) -> list[_Style]:
        found: list[_Style] = []
        while name in self._styles and len(found) < _CHAIN:
            found.append(self._styles[name])
            name = self._styles[name].based_on
        return found


@dataclass(frozen=True, slots=True)
class _Count:
    """How a list counts on one level: ``text`` is what Word writes, such as "%1.%2"."""

    kind: str
    text: str
    start: int


class Numbering:
    """The marks before list items and numbered headings: what Word counts, or a dash for bullets."""

    def __init__(self, package: Package, main: str) -> None:
        self._levels: dict[tuple[str, int], _Count] = {}
        self._counts: dict[tuple[str, int], int] = {}
        for part in package.related(main, "numbering"):
            self._read(package.xml(part))

    def _read(self, root: Element) -> None:
        found: dict[str, dict[int, _Count]] = {}
        for one in root.iterchildren(f"{W}abstractNum"):
            found[one.get(f"{W}abstractNumId", "")] = {
                _whole(level.get(f"{W}ilvl", "")): _Count(
                    _value(level, f"{W}numFmt"), _value(level, f"{W}lvlText"), _whole(_value(level, f"{W}start") or "1")
                )
                for level in one.iter(f"{W}lvl")
            }
        for one in root.iterchildren(f"{W}num"):
            for level, count in found.get(_value(one, f"{W}abstractNumId"), {}).items():
                self._levels[one.get(f"{W}numId", ""), level] = count

    def mark(self, paragraph: Element, styles: Styles) -> str:
        """ "" for a paragraph that is no list item. Counts on: call it once for each paragraph, in order."""
        name, level = styles.list_of(paragraph)
        kind = self._levels.get((name, level))
        if kind is None or name in {"", "0"}:
            return "- " if styles.is_bulleted(paragraph) else ""
        if kind.kind in _NOT_NUMBERS:
            return "- "
        self._counts[name, level] = self._counts.get((name, level), kind.start - 1) + 1
        for deeper in [key for key in self._counts if key[0] == name and key[1] > level]:
            del self._counts[deeper]
        return self._written(name, kind) or f"{self._counts[name, level]}. "

    def _written(self, name: str, count: _Count) -> str:
        def number(found: re.Match[str]) -> str:
            level = int(found[1]) - 1
            own = self._levels.get((name, level))
            return spelled(self._counts.get((name, level), own.start if own else 1), own.kind if own else "decimal")

        text = re.sub(r"%([1-9])", number, count.text).strip()
        return f"{text} " if 0 < len(text) <= 20 else ""


def spelled(number: int, kind: str) -> str:
    """3 as "3", "c", "C", "iii" or "III"."""
    if kind in {"lowerLetter", "upperLetter"} and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in {"lowerRoman", "upperRoman"} and 0 < number < 400:
        roman, left = "", number
        for value, letters in _ROMAN:
            roman, left = roman + letters * (left // value), left % value
        return roman if kind == "lowerRoman" else roman.upper()
    return str(number)


def is_raised(run: Element) -> bool:
    return _value(run, f"{W}rPr/{W}vertAlign") == "superscript"


def _style(one: Element) -> _Style:
    settings = one.find(f"{W}pPr")
    hidden = one.find(f"{W}rPr/{W}vanish")
    return _Style(
        name=_value(one, f"{W}name").lower(),
        based_on=_value(one, f"{W}basedOn"),
        outline=_outline(settings),
        list_id=_value(one, f"{W}pPr/{W}numPr/{W}numId"),
        list_level=_whole(_value(one, f"{W}pPr/{W}numPr/{W}ilvl")),
        hidden=hidden is not None and _is_on(hidden),
    )


def _outline(settings: Element) -> int:
    value = _value(settings, f"{W}outlineLvl") if settings is not None else ""
    return int(value) + 1 if value.isdigit() and int(value) < 6 else 0


def _is_unreadable(own: Element) -> bool:
    size = _value(own, f"{W}sz")
    if size.isdigit() and int(size) <= _TINY:
        return True
    has_ground = own.find(f"{W}shd") is not None or own.find(f"{W}highlight") is not None
    is_white = _value(own, f"{W}color").upper() in {"FFFFFF", "FEFEFE"}
    in_cell = next(own.iterancestors(f"{W}tc", f"{W}txbxContent"), None) is not None  # may be set on a dark ground
    return is_white and not has_ground and not in_cell


def _is_on(flag: Element) -> bool:
    return flag.get(f"{W}val", "1") not in {"0", "false", "off"}


def _value(parent: Element, path: str) -> str:
    found = parent.find(path)
    return str(found.get(f"{W}val", "")) if found is not None else ""


def _whole(text: str) -> int:
    return int(text) if text.isdigit() else 0
