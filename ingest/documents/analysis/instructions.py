"""Does a text command the assistant that will read it? Phrases are added up, disguises taken off first.

A sentence worth 3 is a danger, worth 2 a warning; what was hidden or encoded and commands is always a danger. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.documents.analysis.disguises import unmasked
from ingest.documents.analysis.model import Note, Severity
from ingest.documents.analysis.parsed import Parsed, flat
from ingest.documents.analysis.personal import hidden_values
from ingest.documents.analysis.phrases import REFUSAL, rows_for

CODE = "instruction_like_text"
DANGER, WARNING = 3.0, 2.0
_SHOWN = 300
_MOST = 40
_SPEAKING = frozenset(("address", "override", "role", "markup", "prompt"))  # without these two sentences are no order
_GIVING = frozenset(("exfiltration", "answering", "act"))
_ODD = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0020-\U000e007e\uff01-\uff5e\u0370-\u04ff]"
    r"|[A-Za-z0-9+/_-]{24}|\b(?:\w[ .\-_]{1,2}){5}\w\b|(?:[0-9A-Fa-f]{2}[ :]?){16}|[a-zA-Z][0134578@$][a-zA-Z]"
    r"|vtaber|vafgehp|cebzcg|qvfert"
)


@dataclass(frozen=True, slots=True)
class Command:
    """``worth``: how surely it commands; ``disguise`` is empty for plain text."""

    worth: float
    kinds: tuple[str, ...]
    disguise: str = ""

    @property
    def severity(self) -> Severity | None:
        if self.worth >= DANGER or (self.disguise and self.worth >= WARNING):
            return "danger"
        return "warning" if self.worth >= WARNING else None


def command_in(text: str) -> Command:
    """The strongest command in a sentence or short text, as it stands or under a disguise."""
    best = _plain(text)
    if _ODD.search(text):
        for disguise, plain in unmasked(text):
            found = _plain(plain)
            if found.worth >= WARNING and found.worth > best.worth:
                best = Command(found.worth, found.kinds, disguise)
    return best


def _plain(text: str) -> Command:
    """Phrases and signs together: one of each kind counts, the strongest."""
    rows = rows_for(text)
    most = {row.kind: row.worth for row in rows}
    if sum(most.values()) < WARNING:
        return Command(0.0, ())
    worth: dict[str, float] = {}
    refused = REFUSAL.sub(" ", text) if not _GIVING.isdisjoint(most) else text
    for row in rows:
        looked_at = refused if row.kind in _GIVING else text
        if row.worth > worth.get(row.kind, 0.0) and row.pattern.search(looked_at):
            worth[row.kind] = row.worth
    strong = sum(worth.values())
    if len(worth) < 3 and not any(value > 1 for value in worth.values()):
        strong = min(strong, 1.5)  # hints alone are no command
    return Command(strong, tuple(worth))


@dataclass(frozen=True, slots=True)
class Found:
    """``notes`` for people; ``places``: (page, start) of the sentences nothing may be quoted from."""

    notes: tuple[Note, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def dangerous(self) -> bool:
        return any(one.severity == "danger" for one in self.notes)


def look(parsed: Parsed) -> Found:
    """The title, every sentence, with the next one where a command is told in two, and every hidden text."""
    notes = [*_titled(parsed.found.title), *_hidden(parsed.found.hidden)]
    places: list[tuple[int, int]] = []
    lines = parsed.sentences
    for index, sentence in enumerate(lines):
        command = command_in(sentence.text)
        together = False
        if command.severity is None and command.worth >= 1 and index + 1 < len(lines):
            after = lines[index + 1]
            if after.page == sentence.page and len(sentence.text) + len(after.text) < 400:
                pair = command_in(f"{sentence.text}\n{after.text}")
                alone = command_in(after.text)
                if pair.worth > DANGER and alone.severity is None and not _SPEAKING.isdisjoint(pair.kinds):
                    command, together = pair, True
        if severity := command.severity:
            places.append((sentence.page, sentence.start))
            if together:
                places.append((lines[index + 1].page, lines[index + 1].start))
            notes.append(_note(sentence.text, severity, sentence.page, command))
    return Found(tuple(notes[:_MOST]), tuple(places))


def _note(text: str, severity: Severity, page: int, command: Command) -> Note:
    said = "This text gives orders to an assistant that reads it."
    if command.disguise:
        said = f"Orders to an assistant are disguised here ({command.disguise})."
    return Note(CODE, said, severity, page, _quote(text))


def _quote(text: str) -> str:
    """As it is kept with the analysis: personal data masked, as everywhere in it."""
    return hidden_values(flat(text)[:_SHOWN])


def _titled(title: str) -> Iterator[Note]:
    """A title is said aloud beside every quotation."""
    command = command_in(title[:_SHOWN])
    if severity := command.severity:
        yield _note(title, severity, 0, command)


def _hidden(hidden: tuple[str, ...]) -> Iterator[Note]:
    for text in hidden[:20]:
        yield Note("hidden_text", "The file holds text that nobody sees when reading it.", "warning", 0, _quote(text))
    for text in hidden[:200]:
        for start in range(0, min(len(text), 20_000), 2_000):
            piece = text[start : start + 2_100]
            command = command_in(piece)
            if command.worth >= WARNING:
                said = "Hidden text gives orders to an assistant that reads it."
                yield Note(CODE, said, "danger", 0, _quote(piece))
                break
