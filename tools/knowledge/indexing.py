"""Chunks made ready to be searched: their vectors and those of their sentences, so that no question waits for them.

Pure computing, for a thread or the job process: nothing here knows the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from store.chunks import NewChunk
from tools.knowledge.embedding import Embedder, Vectors
from tools.knowledge.quoting import sentences

_SCALE = np.float32(127.0)


def embed_pieces(pieces: Sequence[NewChunk], embedder: Embedder) -> list[NewChunk]:
    """The same chunks with embedding, model and sentence vectors; raises what the embedder raises."""
    texts = [embedded_text(piece.heading, piece.text) for piece in pieces]
    split = [sentences(piece.text) for piece in pieces]
    vectors = embedder.embed([*texts, *(sentence for found in split for sentence in found)])
    made: list[NewChunk] = []
    start = len(texts)
    for row, (piece, found) in enumerate(zip(pieces, split, strict=True)):
        packed = pack(vectors[start : start + len(found)])
        start += len(found)
        made.append(replace(piece, embedding=vectors[row], embedding_model=embedder.name, sentence_vectors=packed))
    return made


def embedded_text(heading: str, text: str) -> str:
    """What stands for a chunk before the model: its heading says what a short text is about."""
    return f"{heading}. {text}" if heading else text


def pack(vectors: Vectors) -> bytes:
    """Unit vectors, shape (n, dimensions), as n * dimensions signed bytes."""
    return np.rint(np.asarray(vectors, dtype=np.float32) * _SCALE).clip(-127, 127).astype(np.int8).tobytes()


def cosines(packed: bytes, count: int, question: Vectors) -> NDArray[np.float32] | None:
    """The cosine of each of ``count`` packed sentences with the question's vector; None when they are not there."""
    width = len(question)
    if not count or len(packed) != count * width:
        return None
    rows = np.frombuffer(packed, dtype=np.int8).reshape(count, width).astype(np.float32)
    return (rows @ question.astype(np.float32)) / _SCALE
