"""What to show of changing guesses at the same speech, and how to join pieces of it. Pure text.

A recogniser that hears the same audio again, a little longer, changes its mind about the last words. People should
not see words jump; the language model must not get a word twice.
"""

import re
from difflib import SequenceMatcher

from agent.turns.endings import DIGITS

WORD = re.compile(r"[\w']+")


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation."""
    return WORD.findall(text.lower())


class StablePrefix:
    """Turns successive hypotheses into text whose beginning stays once two in a row agreed on it."""

    def __init__(self) -> None:
        self._previous: list[str] = []
        self._agreed: list[str] = []

    def update(self, hypothesis: str) -> str:
        """The text to show: agreed words as first shown, then the newest guess without its last word's punctuation."""
        tokens = hypothesis.split()
        agreed = len(self._agreed)
        for old, new in zip(self._previous[agreed:], tokens[agreed:], strict=False):
            if words_of(old) != words_of(new):
                break
            self._agreed.append(new.rstrip(".,!?") if new is tokens[-1] else new)
        self._previous = tokens
        shown = self._agreed + tokens[len(self._agreed) :]
        return " ".join(shown).rstrip(".,!? ")

    def reset(self) -> None:
        self._previous, self._agreed = [], []


def continuation(spoken_before: str, whole: str) -> str | None:
    """The part of `whole` that follows `spoken_before`, or None when the two do not line up.

    `whole` is a fresh transcript of audio whose beginning was transcribed as `spoken_before`.
    """
    before, tokens = words_of(spoken_before), whole.split()
    after = [word for token in tokens for word in words_of(token)]
    if not before:
        return whole.strip()
    matcher = SequenceMatcher(a=before, b=after[: len(before) + 2], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    matched = sum(block.size for block in blocks)
    if not blocks or matched < max(1, round(0.6 * len(before))) or blocks[-1].a + blocks[-1].size != len(before):
        return None
    cut, seen = blocks[-1].b + blocks[-1].size, 0
    for index, token in enumerate(tokens):
        if seen >= cut:
            return " ".join(tokens[index:])
        seen += len(words_of(token))
    return ""


def as_fragment(text: str) -> str:
    """A final transcript of an unfinished sentence: the full stop the recogniser invented at the cut goes."""
    return text.strip().rstrip(".,").rstrip()


_SENTENCE = re.compile(r"[^.?!]+[.?!]*")


def without_echo(text: str) -> str:
    """Said once what the model wrote again and again because noise followed; numbers may be meant to repeat."""
    first, *others = [part for part in _SENTENCE.findall(text) if words_of(part)] or [""]
    said = words_of(first)
    if not others or len(said) < 2 or any(word in DIGITS or word.isdigit() for word in said):
        return text
    repeats = [words_of(other) for other in others]
    same = all(words == said for words in repeats[:-1]) and repeats[-1] == said[: len(repeats[-1])]
    return first.strip() if same else text


_LOOP = re.compile(r"(\b\S+(?:\s+\S+)?)(?:[\s-]+\1){2,}|((?:^|-)\w+)(?:-?\2){2,}", re.IGNORECASE)


def is_loop(text: str) -> bool:
    """Whether a guess repeats itself three times: what the model does on half a word. Nothing to show a person."""
    return _LOOP.search(text) is not None
