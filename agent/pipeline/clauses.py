"""Cuts text that still arrives into pieces worth speaking. The first piece is short, so that speech starts early.

The first piece ends at any clause mark, later ones at the end of a sentence. Pure; no piece is lost, none is empty.
"""

import re

# A mark followed by space ends a clause; "3.50", "e.g." and "10:30" have no space after the mark.
_CLAUSE_END = re.compile(r"[,;:.!?…—–](?:[\"')\]]*)(?=\s)|\n")
_SENTENCE_END = re.compile(r"[.!?…](?:[\"')\]]*)(?=\s)|\n")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|no|vs|e\.g|i\.e|etc|approx|[a-z])\.$", re.IGNORECASE)
# Before one of these a long first clause without marks may be cut.
_JOINT = re.compile(r"\s(?=(?:and|but|or|so|because|which|that|with|for|at|on|from|until|when|if)\s)", re.IGNORECASE)
FIRST_MIN_WORDS, FIRST_MAX_WORDS, LATER_MAX_WORDS = 1, 9, 40


class ClauseCutter:
    """Feed it text as it comes; it returns what can be spoken now."""

    def __init__(self) -> None:
        self._text = ""
        self._first = True

    def push(self, text: str) -> list[str]:
        """Pieces that are complete now. The last mark in the text waits for what follows it."""
        self._text += text
        pieces: list[str] = []
        while (cut := self._next_cut()) is not None:
            piece, self._text = self._text[:cut].strip(), self._text[cut:]
            if piece:
                pieces.append(piece)
                self._first = False
        return pieces

    def flush(self) -> list[str]:
        """Whatever is left, and the next piece counts as a first one again."""
        pieces = self.push("")
        if rest := self._text.strip():
            pieces.append(rest)
        self._text, self._first = "", True
        return pieces

    def _next_cut(self) -> int | None:
        marks = _CLAUSE_END if self._first else _SENTENCE_END
        for found in marks.finditer(self._text):
            head = self._text[: found.end()]
            if _ABBREVIATION.search(head.rstrip()):
                continue
            if self._first and found.group()[0] in ",;:—–" and len(head.split()) < FIRST_MIN_WORDS:
                continue
            return found.end()
        return self._forced_cut()

    def _forced_cut(self) -> int | None:
        """A cut inside a clause too long to wait for: before a joining word, else (later pieces) at any space."""
        most = FIRST_MAX_WORDS if self._first else LATER_MAX_WORDS
        if len(self._text.split()) <= most + 1:
            return None
        joints = [
            joint.start() for joint in _JOINT.finditer(self._text) if len(self._text[: joint.start()].split()) >= 4
        ]
        if joints and (self._first or len(self._text[: joints[-1]].split()) >= most // 2):
            return joints[0] if self._first else joints[-1]
        return None if self._first else self._text.rstrip().rfind(" ")
