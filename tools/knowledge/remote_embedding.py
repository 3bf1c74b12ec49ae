"""Sentences as vectors by OpenAI or a server that speaks its protocol (Ollama, vLLM, text-embeddings-inference).

``embedder_of`` chooses between this and the built-in model. Blocking like every embedder: call it in a thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from store.errors import SettingsError, Unavailable
from tools.knowledge.embedding import Embedder, MiniLM, Vectors

if TYPE_CHECKING:
    from openai import OpenAI

_SPEC = re.compile(r"openai(?::(?P<model>[\w./-]{1,100}(?::[\w.-]+)?)(?:@(?P<dimensions>\d{2,4}))?)?")
_DEFAULT_MODEL = "text-embedding-3-small"
_SHORTENED = 512  # what OpenAI's third models give up least for; vectors of a million chunks must fit into memory
_TEXTS_AT_ONCE = 128
_CHARACTERS_AT_ONCE = 200_000  # of a request's 300,000 tokens
_LONGEST_TEXT = 24_000  # characters; 8,191 tokens are a model's most
DIMENSIONS = (384, 512, 768, 1024, 1536, 3072)  # those the database has an index for


class EmbeddingFailed(Unavailable):
    """The model's server did not give vectors; searching by words still works."""

    code = "embedding_unavailable"


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how patiently: ``timeout_s`` a request, ``retries`` after a failed one."""

    api_key: str
    base_url: str = ""
    timeout_s: float = 2.0
    retries: int = 0


def embedder_of(spec: str, server: Server, builtin: Callable[[], Embedder] = MiniLM) -> Embedder:
    """The embedder that VOICELOOP_EMBEDDINGS names: "", "minilm", "openai", "openai:MODEL", "openai:MODEL@DIMENSIONS".

    Raises SettingsError for anything else; nothing is asked of the server yet.
    """
    spec = spec.strip()
    if spec.lower() in {"", "minilm"}:
        return builtin()
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise SettingsError(f"VOICELOOP_EMBEDDINGS is {spec!r}: leave it empty, or write openai or openai:MODEL.")
    if not server.api_key and not server.base_url:
        raise SettingsError("VOICELOOP_EMBEDDINGS names openai, and OPENAI_API_KEY is not set.")
    dimensions = int(match["dimensions"]) if match["dimensions"] else None
    if dimensions is not None and dimensions not in DIMENSIONS:
        known = ", ".join(map(str, DIMENSIONS))
        raise SettingsError(f"VOICELOOP_EMBEDDINGS asks for {dimensions} dimensions; choose one of {known}.")
    return RemoteEmbedder(match["model"] or _DEFAULT_MODEL, dimensions, server)


def embedders_of(spec: str, server: Server, builtin: Callable[[], Embedder] = MiniLM) -> list[Embedder]:
    """The embedder that is set, first, and the built-in one, which documents may still be indexed with."""
    configured = embedder_of(spec, server, builtin)
    return [configured, builtin()] if isinstance(configured, RemoteEmbedder) else [configured]


class RemoteEmbedder:
    """One model behind ``POST /v1/embeddings``. Safe to share between threads."""

    def __init__(self, model: str, dimensions: int | None, server: Server) -> None:
        if dimensions is None and model.startswith("text-embedding-3"):
            dimensions = _SHORTENED
        self._model = model
        self._wanted = dimensions
        self._server = server
        self.name = f"openai:{model}" + (f"@{dimensions}" if dimensions else "")
        self._found: int | None = None

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI  # half a second to import: not while a call is being opened

        return OpenAI(
            api_key=self._server.api_key or "none",  # servers of one's own want none; the client insists
            base_url=self._server.base_url or None,
            timeout=self._server.timeout_s,
            max_retries=self._server.retries,
        )

    @property
    def dimensions(self) -> int:
        """As asked for, else as the server's first answer has them. Raises EmbeddingFailed."""
        if self._wanted is None and self._found is None:
            self.embed(["dimensions"])
        return self._wanted or self._found or 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimensions), in the order given. Raises EmbeddingFailed."""
        parts = [self._request(batch) for batch in _batches(texts)]
        return np.concatenate(parts) if parts else np.empty((0, self._wanted or self._found or 0), dtype=np.float32)

    def _request(self, texts: list[str]) -> Vectors:
        from openai import OpenAIError, omit

        try:
            answer = self._client.embeddings.create(model=self._model, input=texts, dimensions=self._wanted or omit)
            rows = sorted(answer.data, key=lambda one: one.index)
            vectors = np.array([row.embedding for row in rows], dtype=np.float32)
        except (OpenAIError, ValueError, TypeError, AttributeError) as error:  # refused, silent, or no such answer
            text = (
                f"The model {self._model} gave no vectors. Check OPENAI_API_KEY, OPENAI_BASE_URL and the model's name."
            )
            raise EmbeddingFailed(text) from error
        return self._checked(vectors, len(texts))

    def _checked(self, vectors: Vectors, count: int) -> Vectors:
        width = vectors.shape[1] if vectors.ndim == 2 else 0
        if vectors.ndim != 2 or len(vectors) != count or width not in DIMENSIONS or width != (self._wanted or width):
            text = f"The model {self._model} answered with {vectors.shape} vectors for {count} texts; {DIMENSIONS} fit."
            raise EmbeddingFailed(text)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or (lengths == 0).any():
            raise EmbeddingFailed(f"The model {self._model} answered with vectors that are no direction.")
        self._found = width
        return vectors / lengths


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """As many texts as one request may hold; empty ones become a blank, which servers take."""
    batch: list[str] = []
    size = 0
    for text in texts:
        text = text[:_LONGEST_TEXT] or " "
        if batch and (len(batch) == _TEXTS_AT_ONCE or size + len(text) > _CHARACTERS_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
