"""Whether a document supports what somebody says about it. Pure.

A statement is supported when most of its telling words and all of its numbers stand in the document, and it gives no
orders and no addresses of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents.analysis.instructions import command_in
from ingest.documents.analysis.parsed import Sentence
from ingest.documents.analysis.stopwords import small_words
from ingest.documents.analysis.values import digits_for_words
from ingest.documents.sentences import words_of

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a document says, ready to be asked."""

    text: str
    stems: frozenset[str]
    numbers: frozenset[str]
    stop: frozenset[str]

    @classmethod
    def of(cls, sentences: Sequence[Sentence], title: str, language: str) -> Ground:
        stems = {_stem(word) for one in sentences for word in one.words}
        stems |= {_stem(word.lower()) for one in sentences for word in words_of(one.heading)}
        stems |= {_stem(word.lower()) for word in words_of(title)}
        text = " ".join(one.text for one in sentences)
        return cls(text, frozenset(stems), frozenset(_NUMBER.findall(digits_for_words(text))), small_words(language))

    def supports(self, statement: str, least: float = 0.6) -> bool:
        """``least``: the share of its telling words that must be the document's."""
        if command_in(statement).severity or any(found not in self.text for found in _ADDRESS.findall(statement)):
            return False
        if any(number not in self.numbers for number in _NUMBER.findall(digits_for_words(statement))):
            return False
        if _CJK.search(statement):
            pairs = [statement[place : place + 2] for place in range(len(statement) - 1)]
            pairs = [pair for pair in pairs if len(_CJK.findall(pair)) == 2]
            return sum(pair in self.text for pair in pairs) >= least * max(1, len(pairs))
        telling = {
            _stem(word.lower()) for word in words_of(statement) if word.lower() not in self.stop and len(word) > 2
        }
        return bool(telling) and len(telling & self.stems) >= least * len(telling)


def _stem(word: str) -> str:
    return re.sub(r"(?:'s|ing|ies|ed|es|s|en|er|n|e)$", "", word) if len(word) > 4 else word
