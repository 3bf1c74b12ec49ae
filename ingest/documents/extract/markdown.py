"""Markdown: what would be read aloud, with its headings and tables; comments are hidden text. No HTML is interpreted.

To take in another construct: a branch in `_Source.lines` for whole lines, a row in `_INLINE` for marks within one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.documents.encodings import decode_text
from ingest.documents.extract.characters import bounded, clean, spelled_by_tags
from ingest.documents.extract.rows import rows_as_text
from ingest.documents.model import Extracted, Limits
from ingest.documents.textlines import Line, page_of, reflowed

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*$")
_DIVIDER = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_TARGET = re.compile(r"^ {0,3}\[(?!\^)[^\]]+\]:\s*\S+")
_NOTE = re.compile(r"^ {0,3}\[\^([^\]]+)\]:\s*")
_FRONT = re.compile(r"\A---\n(.{1,20000}?)\n(?:---|\.\.\.)(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(\w[\w -]{0,40}):\s*(.+)$")
_FIELDS = {"title": "title", "author": "author", "date": "created_at", "lang": "language", "language": "language"}
_TASK = re.compile(r"^(\s*(?:[-*+]|\d+[.)])\s+)\[[ xX]\]\s+")
_MARKS = re.compile(r"[\\!\[<*_`~]")
_MOST_COLUMNS = 500
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_INLINE: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"!?\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)"), r"\1"),
    (re.compile(r"!?\[([^\[\]^]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"\[\^([^\[\]]+)\]"), r" (note \1)"),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    (re.compile(r"</?[a-z][a-z0-9]*(?:\s+[\w-]+(?:=(?:\"[^\"]*\"|'[^']*'|[^\s>\"']+))?)*\s*/?>", re.IGNORECASE), ""),
    (re.compile(r"\*\*|__|`+|~~"), ""),
    (re.compile(r"(?<!\w)[*_](\S(?:[^*_\n]*?\S)?)[*_](?!\w)"), r"\1"),
)


def extract_markdown(content: bytes, limits: Limits) -> Extracted:
    text, comments = _without_comments(bounded(decode_text(content), limits))
    hidden = (*spelled_by_tags(text), *(one.strip() for one in comments if len(one.split()) >= 4))
    text = clean(text)
    metadata = _front_matter(text)
    lines = list(_Source(_FRONT.sub("", text).split("\n")).lines())
    title = metadata.get("title", "") or next((line.text for line in lines if line.level == 1), "")
    return Extracted((page_of(list(reflowed(lines))),), title, hidden=hidden, metadata=metadata)


def _without_comments(text: str) -> tuple[str, list[str]]:
    seen: list[str] = []
    comments: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        seen.append(text[at:start])
        comments.append(text[start + 4 : end])
        at = end + 3
    return "".join([*seen, text[at:]]), comments


def _front_matter(text: str) -> dict[str, str]:
    """What stands between dashes at the top, as static site programs write it."""
    found: dict[str, str] = {}
    if front := _FRONT.match(text):
        for line in front[1].split("\n"):
            field = _FIELD.match(line)
            name = _FIELDS.get(field[1].lower(), "") if field else ""
            if field and name and (value := field[2].strip().strip("\"'")[:500]):
                found.setdefault(name, value)
    return found


class _Source:
    def __init__(self, source: Sequence[str]) -> None:
        self._source = source
        self._at = 0

    def lines(self) -> Iterator[Line]:
        fence = ""
        while self._at < len(self._source):
            line, below = self._source[self._at], self._below()
            self._at += 1
            mark = line.lstrip()[:3]
            if fence == "" and mark.isalnum() and below[:1].isalnum() and "|" not in line:
                yield from self._body(line)  # most lines: nothing of what follows
            elif mark in {"```", "~~~"} and fence in {"", mark}:
                fence = "" if fence else mark
            elif fence:
                yield Line(line)
            elif match := _HEADING.match(line):
                yield Line(_unmarked(match[2]), len(match[1]))
            elif 0 < line.count("|") <= _MOST_COLUMNS and "-" in below and _DIVIDER.match(below):
                yield from self._table(line)
            elif line.strip() and re.fullmatch(r"\s*(?:={3,}|-{3,})\s*", below) and not _is_item(line):
                self._at += 1
                yield Line(_unmarked(line), 1 if "=" in below else 2)
            elif not _TARGET.match(line):
                yield from self._body(line)

    def _below(self) -> str:
        return self._source[self._at + 1] if self._at + 1 < len(self._source) else ""

    def _body(self, line: str) -> Iterator[Line]:
        line = re.sub(r"^\s*(?:>\s?)+", "", line) if ">" in line else line
        if "[^" in line and (note := _NOTE.match(line)):
            yield Line("")
            line = f"Note {note[1]}: {line[note.end() :]}"
        if not line.strip() or set(line.strip()) - set("=-*_|: "):
            yield Line(_unmarked(_TASK.sub(r"\1", line) if "[" in line else line))

    def _table(self, head: str) -> Iterator[Line]:
        rows = [head]
        self._at += 1
        while self._at < len(self._source) and 0 < self._source[self._at].count("|") <= _MOST_COLUMNS:
            rows.append(self._source[self._at])
            self._at += 1
        yield Line("")
        for text in rows_as_text([_unmarked(cell) for cell in _cells(row)] for row in rows):
            yield Line(text)
        yield Line("")


def _is_item(line: str) -> bool:
    return re.match(r"\s*(?:[-*+]|\d+[.)])\s", line) is not None


def _cells(row: str) -> list[str]:
    row = row.strip().removeprefix("|")
    row = row[:-1] if row.endswith("|") and not row.endswith("\\|") else row
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)]


def _unmarked(line: str) -> str:
    """Without emphasis, code marks and link targets: what would be read aloud. Escaped marks stay as they are."""
    if _MARKS.search(line) is None:
        return line.rstrip()
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[1])
        return f"\ue000{len(kept) - 1}\ue001"  # of private use: `clean` has left none of them in the text

    line = _ESCAPED.sub(keep, line)
    for pattern, instead in _INLINE:
        line = pattern.sub(instead, line)
    return re.sub("\ue000(\\d+)\ue001", lambda found: kept[int(found[1])], line).rstrip()
