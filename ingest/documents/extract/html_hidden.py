"""Elements of a web page a browser does not show, and the words in them. One level of style rules, no cascade."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.documents.extract.characters import clean
from ingest.documents.extract.ooxml import Element

_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?\s*(?:;|$|!)"
    r"|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{3,}(?:px|em|rem|pt)"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITE = {"#fff", "#ffffff", "white", "rgb(255,255,255)", "#fefefe", "transparent"}
_SIGN = re.compile(r"/\*|\*/|[{}]")
_SELECTOR = re.compile(r"[.#][\w-]+")
_MOST_STYLE = 200_000


class Hiding:
    """``texts``: what was hidden, gathered as `hides` is asked."""

    def __init__(self, root: Element) -> None:
        self.texts: list[str] = []
        self._hidden_names: set[str] = set()
        for style in root.iter("style"):
            if style.get("media") in {None, "", "all", "screen"}:
                self._read_rules((style.text or "")[:_MOST_STYLE])

    def _read_rules(self, sheet: str) -> None:
        for selectors, rule in _rules(sheet):
            if is_unseen(rule):
                self._hidden_names |= {one.strip() for one in selectors.split(",") if _SELECTOR.fullmatch(one.strip())}

    def hides(self, element: Element) -> bool:
        """Notes the words in it when it does."""
        if not (self._is_hidden(element) or self._is_named_hidden(element)):
            return False
        words = " ".join(clean("".join(element.itertext())).split())
        if len(words.split()) >= 2:
            self.texts.append(words[:5000])
        return True

    def _is_hidden(self, element: Element) -> bool:
        if element.get("hidden") is not None and element.get("hidden") != "until-found":
            return True
        return is_unseen(element.get("style") or "")

    def _is_named_hidden(self, element: Element) -> bool:
        if not self._hidden_names:
            return False
        names = {f".{one}" for one in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
        return not names.isdisjoint(self._hidden_names)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules outside of others, such as those for printing; comments left out."""
    depth, start, is_nested, in_comment = 0, 0, False, False
    letters: list[str] = []
    selectors = ""
    for sign in _SIGN.finditer(sheet):
        kind = sign[0]
        if in_comment or kind == "*/":
            if kind == "*/":
                in_comment, start = False, sign.end()
            continue
        letters.append(sheet[start : sign.start()])
        start = sign.end()
        if kind == "/*":
            in_comment = True
        elif kind == "{":
            depth += 1
            if depth == 1:
                selectors, letters, is_nested = "".join(letters), [], False
            is_nested |= depth > 1
        else:
            if depth == 1 and not is_nested:
                yield selectors, "".join(letters)
            depth = max(0, depth - 1)
            letters = []


def is_unseen(style: str) -> bool:
    """Whether these declarations make a text invisible."""
    if not style:
        return False
    if _HIDES.search(style):
        return True
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    ink = re.sub(r"\s+", "", colour[1].lower()) if colour else ""
    paper = re.sub(r"\s+", "", ground[1].lower()) if ground else ""
    return bool(ink) and (ink == paper or (not paper and ink in _WHITE))
