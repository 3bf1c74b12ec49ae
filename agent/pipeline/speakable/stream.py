"""Text that still arrives, made speakable piece by piece: whatever the sizes it comes in, the same is said.

Text is cut after words no rule looks across. Each cut depends on nothing but the text up to the next letter, so that it
is the same cut however the text came. A new rule that looks across a plain word must name that word in ``openers``.
"""

import re

from agent.pipeline.speakable import markdown
from agent.pipeline.speakable.reading import Reading

_EDGES = "\"'“”‘’«»(*_~`¡¿"
_ENDS = "\"'“”‘’«»)*_~`"
_PLAIN = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)([,;:!?….]*)")
_LIST_NUMBER = re.compile(r"\d{1,3}[.)]")
_DAY = re.compile(r"(?:\d{1,2}(?:st|nd|rd|th)?[–—-])?\d{1,2}(?:st|nd|rd|th)?,")
_OPEN_LINK, _OPEN_TAG = re.compile(r"\]\([^)]*$"), re.compile(r"<[a-zA-Z/!][^>]*$")
_ENDED = (".", "!", "?", ",", ";", ":", "…")
_LONGEST = 240  # characters without a place to cut; then any space is one
_UNBROKEN = 400  # nobody listens to a word as long as this, and the rules take ever longer for it
_FENCE_LINE = 80


class Speaker:
    """One answer under way. What `push` returns can be spoken now; `flush` says the rest and begins anew."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        tongue = reading.tongue
        self._unfinished = (
            {part for name in tongue.abbreviations for part in name.split()}
            | tongue.scales.keys()
            | tongue.units.keys()
            if tongue
            else set[str]()
        )
        self._begin()

    def _begin(self) -> None:
        self._text = ""
        self._said = ""  # the last characters that went out
        self._starts_line = True
        self._is_item = False
        self._fence = ""

    def push(self, text: str) -> str:
        self._text += text.replace("\r", "")
        said: list[str] = []
        while (end := self._next_cut()) is not None:
            piece, self._text = self._text[:end], self._text[end:]
            said.append(self._say(piece))
        return "".join(said)

    def flush(self) -> str:
        rest = self.push("")
        if self._text:
            rest += self._say(self._text)
        self._begin()
        return rest

    def _next_cut(self) -> int | None:
        """The end of the first piece that no later text can change, or None."""
        end = self._text.find("\n") + 1
        if self._fence:
            return end or None
        if self._starts_line and self._text.lstrip(" ").startswith(markdown.FENCES):
            if not end and len(self._text) <= _FENCE_LINE:
                return None
            if end and _opens_fence(self._text[:end]):
                return end
        for space in re.finditer(r"\s", self._text):
            at = space.start()
            if at >= _UNBROKEN:
                break
            if space[0] == "\n" or at >= _LONGEST:
                return at + 1
            if at + 1 >= len(self._text):
                return None
            if self._is_cut(self._text[:at], self._text[at + 1]):
                return at + 1
        return _UNBROKEN if len(self._text) > _UNBROKEN else None

    def _is_cut(self, head: str, following: str) -> bool:
        if not (following.isalnum() or following in "\"'“‘(*_$€£`«¿¡-–—+"):
            return False
        if head.count("[") > head.count("]") or _OPEN_LINK.search(head) or _OPEN_TAG.search(head):
            return False
        words = head.split()
        first = self._starts_line and len(words) == 1
        if not words or (self._starts_line and head.lstrip().startswith("|")):
            return False
        return not (first and _LIST_NUMBER.fullmatch(words[0])) and self._is_closed(words[-1])

    def _is_closed(self, token: str) -> bool:
        """Whether no rule looks from this word to the next."""
        tongue = self._reading.tongue
        if self._reading.sayings.opens(token.lower()):
            return False
        token = token.lstrip(_EDGES).rstrip(_ENDS)
        plain = _PLAIN.fullmatch(token)
        if tongue is None:
            return plain is not None
        if {token, token.rstrip(",;:!?")} & self._unfinished:
            return False
        if plain is None:
            return self._is_closed_number(token)
        word, marks = plain.groups()
        is_date = word in tongue.months or word in tongue.short_months or word in tongue.short_days
        if marks and not is_date and (marks[-1] in ",;:!?…" or (len(word) > 1 and word.lower() not in tongue.openers)):
            return True
        if is_date or word.lower() in tongue.openers:
            return bool(marks) and marks[-1] in ";:!?"
        return not marks and word.islower() and len(word) > 1

    def _is_closed_number(self, token: str) -> bool:
        tongue = self._reading.tongue
        if len(token) < 2 or token[-1] not in ",;:!?." or token[0] == "&":
            return False
        if token[-1] == ".":
            return tongue is not None and tongue.decimal_mark == "." and token[-2] in "0123456789%€$)"
        return not _DAY.fullmatch(token)

    def _say(self, piece: str) -> str:
        if self._fence or (self._starts_line and _opens_fence(piece)):
            return self._skip(piece)
        starts_line, ends_line = self._starts_line, piece.endswith("\n")
        said, is_item = self._reading.read(piece, starts_line=starts_line)
        self._is_item = is_item or (self._is_item and not starts_line)
        if ends_line and self._is_item and not (self._said + said).rstrip(" \n\"'”)").endswith(_ENDED):
            said = f"{said.rstrip()}.\n"
        self._starts_line = ends_line
        return self._out(said)

    def _skip(self, line: str) -> str:
        """A line of a block of code: none of it is said, but that there is one."""
        fence = line.strip()[:3]
        self._starts_line = True
        if self._fence:
            if fence == self._fence:
                self._fence = ""
            return ""
        self._fence = fence
        tongue = self._reading.tongue
        return self._out(f"{tongue.words.code}\n" if tongue else "")

    def _out(self, said: str) -> str:
        """Without spaces where the last piece ended with one already."""
        if not said.strip():
            said = "\n" if "\n" in said else " " if said else ""
            if not self._said or self._said.endswith("\n" if said == "\n" else (" ", "\n")):
                return ""
        elif not self._said or self._said[-1].isspace():
            said = said.lstrip(" \t")
        self._said = (self._said + said)[-40:]
        return said


def _opens_fence(line: str) -> bool:
    """A line of backticks or tildes and at most the name of a language; one that closes on the same line is text."""
    text = line.strip()
    return text.startswith(markdown.FENCES) and len(line) <= _FENCE_LINE and text[0] not in text.lstrip(text[0])
