"""Which intent a sentence has: its nearest example sentences by vector, helped by wordings. No dialogue state here.

Examples are data (`examples.toml`); their vectors lie beside them (`examples.npz`, written by
`python -m agent.brain.intents`) and are computed afresh when they do not belong together or the embedder is another.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import cast

import numpy as np

from agent.brain.cues import decisive, favoured
from tools.calendars.language.words import read_words
from tools.knowledge.embedding import Embedder, MiniLM, Vectors

UNSURE_BELOW = 0.42
_NEAREST = 3
_CACHE = "examples.npz"


@dataclass(frozen=True, slots=True)
class Intent:
    """``name`` without its topic ("smalltalk"), ``topic`` ("joke") or empty, ``confidence`` 0 to 1."""

    name: str
    topic: str
    confidence: float


class IntentIndex:
    """Nearest examples; build once and share, reading is thread-safe."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        examples = load_examples()
        self._labels = sorted(examples)
        self._owner = np.array([n for n, label in enumerate(self._labels) for _ in examples[label]])
        texts = [text for label in self._labels for text in examples[label]]
        cached = _cached(texts) if embedder.name == MiniLM.name else None
        self._vectors = cached if cached is not None else embedder.embed(texts)

    def classify(self, text: str) -> Intent:
        """The intent of one sentence said without context; "out_of_scope" when nothing is near enough."""
        normal = read_words(text).text
        settled = decisive(normal)
        if settled:
            return _intent(settled, 0.97)
        scores = self._scores(text)
        for label, hint in favoured(normal).items():
            scores[label] = scores.get(label, 0.0) + hint
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        (best, score), second = ranked[0], ranked[1][1]
        if score < UNSURE_BELOW:
            return _intent("question" if _asks(normal) else "out_of_scope", round(max(score, 0.0), 3))
        return _intent(best, round(min(0.95, score * 0.75 + min(score - second, 0.25)), 3))

    def _scores(self, text: str) -> dict[str, float]:
        """Each intent's similarity: mostly its nearest example, partly the mean of its nearest few."""
        similar = self._vectors @ self._embedder.embed([text])[0]
        scores: dict[str, float] = {}
        for number, label in enumerate(self._labels):
            near = np.sort(similar[self._owner == number])[-_NEAREST:]
            scores[label] = float(0.7 * near[-1] + 0.3 * near.mean())
        return scores


def load_examples() -> dict[str, list[str]]:
    """Example sentences by intent, topics as "intent.topic"."""
    data = tomllib.loads((resources.files("agent.brain") / "examples.toml").read_text("utf-8"))
    examples: dict[str, list[str]] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            for topic, texts in cast("dict[str, list[str]]", value).items():
                examples[f"{name}.{topic}"] = texts
        else:
            examples[name] = cast("list[str]", value)
    return examples


def digest(texts: list[str]) -> str:
    """What the vectors were made from."""
    return hashlib.sha256("\n".join((MiniLM.name, *texts)).encode()).hexdigest()


def _asks(normal: str) -> bool:
    return normal.split(" ")[0] in {
        "what",
        "whats",
        "where",
        "when",
        "why",
        "who",
        "which",
        "how",
        "is",
        "are",
        "does",
        "do",
    }


def _intent(label: str, confidence: float) -> Intent:
    name, _, topic = label.partition(".")
    return Intent(name, topic, confidence)


def _cached(texts: list[str]) -> Vectors | None:
    path = Path(str(resources.files("agent.brain"))) / _CACHE
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as saved:
        if str(saved["digest"]) != digest(texts):
            return None
        return saved["vectors"].astype(np.float32)


def write_cache() -> Path:
    """Compute the examples' vectors and keep them beside the examples."""
    examples = load_examples()
    texts = [text for label in sorted(examples) for text in examples[label]]
    path = Path(str(resources.files("agent.brain"))) / _CACHE
    np.savez_compressed(path, digest=np.array(digest(texts)), vectors=MiniLM().embed(texts).astype(np.float16))
    return path


if __name__ == "__main__":
    write_cache()
