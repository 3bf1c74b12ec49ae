"""Markdown: what would be read aloud, with its headings; comments are hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.documents.encodings import decode_text
from ingest.documents.extract.characters import clean, spelled_by_tags
from ingest.documents.model import Extracted, Limits
from ingest.documents.textlines import Line, page_of, reflowed

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def extract_markdown(content: bytes, _limits: Limits) -> Extracted:
    text = decode_text(content)
    hidden = (*spelled_by_tags(text), *(one.strip() for one in _COMMENT.findall(text) if len(one.split()) >= 4))
    lines = list(_markdown_lines(clean(_COMMENT.sub("", text)).split("\n")))
    title = next((line.text for line in lines if line.level == 1), "")
    return Extracted((page_of(list(reflowed(lines))),), title, hidden=hidden)


def _markdown_lines(source: list[str]) -> Iterator[Line]:
    fenced = False
    for number, line in enumerate(source):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            continue
        below = source[number + 1].strip() if number + 1 < len(source) else ""
        if fenced:
            yield Line(line)
        elif match := _HEADING.match(line):
            yield Line(_unmarked(match.group(2)), len(match.group(1)))
        elif line.strip() and below and set(below) in ({"="}, {"-"}) and len(below) > 2:
            yield Line(_unmarked(line), 1 if below[0] == "=" else 2)
        elif not line.strip() or set(line.strip()) - set("=-*_|: "):
            yield Line(_unmarked(line))


def _unmarked(line: str) -> str:
    """Without emphasis, code marks and link targets: what would be read aloud."""
    line = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
    line = re.sub(r"(\*\*|__|`+|~~)", "", line)
    return re.sub(r"(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)", r"\1", line).replace("|", " | ").strip(" |")
