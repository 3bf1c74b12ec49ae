"""Markdown and other marks for the eye, taken out of one piece of text; what is a line of its own is told apart. Pure.

Emphasis is never paired: a marker at the edge of a word goes, whether its partner has come yet or not.
"""

import html
import re
from collections.abc import Callable

from agent.pipeline.speakable.draft import Draft

FENCES = ("```", "~~~")
_ITEM = re.compile(r"\A\s*(?:[-*+•◦▪‣–]\s+(?:\[[ xX]\]\s+)?|#{1,6}\s+)")
_NUMBERED = re.compile(r"\A\s*(\d{1,3})[.)]\s+(?=\S)")
_QUOTE = re.compile(r"\A\s*>\s?")
_RULE_LINE = re.compile(r"\A\s*(?:(?:[-*_=]\s*){3,}|\|?[\s:|-]*-{2,}[\s:|-]*\|?)\s*\Z")
_FOOTNOTE = re.compile(r"\A\s*\[\^[^\]]+\]:\s*")
_ROW = re.compile(r"\A\s*\|(?P<cells>.*?)\|?\s*\Z", re.DOTALL)
_CHECKED, _CROSSED = re.compile(r"[✓✔✅☑]\ufe0f?"), re.compile(r"[✗✘❌✕]\ufe0f?")

_LINK = re.compile(r"!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_REFERENCE = re.compile(r"!?\[([^\]]+)\]\[[^\]]*\]")
_MARKER = re.compile(r"\s?\[(?:\^[^\]]+|\d+(?:\s*[,–-]\s*\d+)*)\](?!\()")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^>\s]+|[\w.+-]+@[\w.-]+)>")
_BREAK, _TAG = re.compile(r"<br\s*/?>", re.IGNORECASE), re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
_MULTIPLY = re.compile(r"(?<=\d)\s?\*\s?(?=\d)|(?<=\d)\s\*\s(?=\w)")
_EMPHASIS = re.compile(r"\*+|`+|~~+|==+|(?<!\w)_+|_+(?!\w)")
_INNER = re.compile(r"(?<=[^\W_])_+(?=[^\W_])")
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
_FACES = re.compile(r"(?<!\S)(?:[:;=]['’]?-?[()DPp|/]|<3|\^_\^)(?=\s|$|[.,!?])")
EMOJI = (
    "\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u231a\u231b\u23e9-\u23fa\u203c\u2049"
    "\u200b-\u200f\u2060\ufeff\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f"
)
_EMOJI = re.compile(rf"\s?[{EMOJI}]+")


def block(draft: Draft, cardinal: Callable[[int], str] | None, months: str) -> bool:
    """Takes out what a line begins with. Returns whether the line is an item, a heading or a row, and ends as one."""
    if _RULE_LINE.match(draft.text):
        draft.text = "\n" if draft.text.endswith("\n") else ""
        return False
    is_item = False
    while quoted := _QUOTE.match(draft.text):
        draft.text = draft.text[quoted.end() :]
    draft.text = _FOOTNOTE.sub("", draft.text)
    if row := _ROW.match(draft.text):
        cells = [_cell(cell.strip()) for cell in re.split(r"(?<!\\)\|", row["cells"])]
        draft.text = ", ".join(cell for cell in cells if cell) + ("\n" if draft.text.endswith("\n") else "")
        return True
    if item := _ITEM.match(draft.text):
        draft.text, is_item = draft.text[item.end() :], True
    numbered = _NUMBERED.match(draft.text)
    if numbered and not re.match(rf"(?:{months})\b", draft.text[numbered.end() :]):
        number = cardinal(int(numbered[1])) if cardinal else numbered[1]
        draft.text, is_item = f"{draft.keep(number)}, {draft.text[numbered.end() :]}", True
    return is_item


def _cell(cell: str) -> str:
    if _CHECKED.fullmatch(cell):
        return "✓"
    return "✗" if _CROSSED.fullmatch(cell) else cell


def links(draft: Draft) -> None:
    """Links become their text, footnotes and tags nothing, entities their sign. Before addresses are read."""
    if "&" in draft.text and ";" in draft.text:
        draft.text = html.unescape(draft.text)
    for pattern, replacement in (
        (_AUTOLINK, r"\1"), (_BREAK, " "), (_TAG, ""), (_LINK, r"\1"), (_REFERENCE, r"\1"), (_MARKER, ""),
    ):  # fmt: skip
        draft.replace(pattern, replacement)


def emphasis(draft: Draft, times: str, yes: str, no: str) -> None:
    """Stars, backticks, underscores, emojis. After addresses were read, which may have them."""
    draft.replace(_ESCAPE, "")
    draft.replace(_MULTIPLY, f" {times} ")
    draft.replace(_FACES, "")
    draft.replace(_EMPHASIS, "")
    draft.replace(_INNER, " ")
    if draft.text.strip(" .\n") in {"✓", "✗"} or ", ✓" in draft.text or ", ✗" in draft.text:
        draft.replace(_CHECKED, yes)
        draft.replace(_CROSSED, no)
    draft.replace(_EMOJI, "")
