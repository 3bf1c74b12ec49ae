"""The sentence model gives the published vectors, without torch and without copying its weights."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tools.knowledge.embedding import MiniLM, map_safetensors, model_folder


@pytest.fixture(scope="module")
def model() -> MiniLM:
    return MiniLM()


def test_similarities_are_those_of_the_model_card(model: MiniLM) -> None:
    vectors = model.embed(
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    assert vectors.shape == (4, model.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors[1:] @ vectors[0], [0.695, 0.943, 0.257], atol=2e-3)


def test_rows_are_unit_vectors_in_the_order_given(model: MiniLM) -> None:
    texts = ["a much longer sentence about breakfast and the pool " * 3, "yes", "", "Book lunch with Anna"]
    vectors = model.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for row, text in enumerate(texts):
        np.testing.assert_allclose(model.embed([text])[0], vectors[row], atol=1e-4)


def test_threads_side_by_side_give_the_same_rows_in_the_same_order(model: MiniLM) -> None:
    texts = [f"Room {number} has {number % 3 + 1} beds and a view. " * (number % 9 + 1) for number in range(60)]
    np.testing.assert_array_equal(MiniLM(threads=3).embed(texts), model.embed(texts))


def test_no_text_gives_no_rows(model: MiniLM) -> None:
    assert model.embed([]).shape == (0, 384)


def test_a_long_text_is_cut_not_refused(model: MiniLM) -> None:
    assert np.isfinite(model.embed(["word " * 5000])).all()


def test_weights_are_views_of_one_read_only_mapping() -> None:
    tensors = map_safetensors(model_folder() / "model.safetensors")
    assert len(tensors) > 100
    assert not any(tensor.flags.owndata or tensor.flags.writeable for tensor in tensors.values())


def test_the_model_needs_neither_torch_nor_livekit() -> None:
    code = (
        "import sys, tools.knowledge.embedding as e; e.MiniLM(); print(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for unwanted in ("'torch'", "'livekit'", "'onnxruntime'", "'sentence_transformers'"):
        assert unwanted not in loaded
