"""Embedders without a model: one that knows words by their letters, one that always fails."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from tools.knowledge.embedding import Vectors


class LetterEmbedder:
    """Unit vectors from hashed letter triples: texts with similar words are near each other, meaning is not known."""

    name = "letters"
    dimensions = 384

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._one(text) for text in texts]) if texts else np.empty((0, 384), dtype=np.float32)

    def _one(self, text: str) -> Vectors:
        vector = np.zeros(self.dimensions, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            padded = f"  {word} "
            for start in range(len(padded) - 2):
                vector[zlib.crc32(padded[start : start + 3].encode()) % self.dimensions] += 1.0
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else np.full(self.dimensions, 1 / np.sqrt(self.dimensions), dtype=np.float32)


class BrokenEmbedder(LetterEmbedder):
    """An embedding service that is down."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise OSError("the embedding model cannot be read")
