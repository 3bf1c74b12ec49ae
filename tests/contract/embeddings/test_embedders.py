"""What every embedder promises, asked of the built-in model and of a server that speaks OpenAI's protocol."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from store.errors import SettingsError
from tests.fakes.openai_embeddings import FakeEmbeddings
from tools.knowledge.embedding import Embedder
from tools.knowledge.remote_embedding import EmbeddingFailed, Server, embedder_of


@pytest.fixture
def server() -> Iterator[FakeEmbeddings]:
    with FakeEmbeddings().running() as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture(params=["minilm", "openai", "openai:nomic-embed-text", "openai:text-embedding-3-large@1024"])
def embedder(request: pytest.FixtureRequest, server: FakeEmbeddings) -> Embedder:
    return embedder_of(request.param, Server("sk-test", server.url))


def test_vectors_have_length_one_and_come_in_order(embedder: Embedder) -> None:
    texts = ["Breakfast is at seven.", "", "The pool opens at noon.", "Breakfast is at seven."]
    vectors = embedder.embed(texts)
    assert vectors.shape == (4, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert np.allclose(vectors[0], vectors[3], atol=1e-4)
    assert vectors[0] @ vectors[2] < 0.99


def test_what_is_alike_is_nearer(embedder: Embedder) -> None:
    asked, same, other = embedder.embed(["breakfast hours", "hours of breakfast", "parking fees"])
    assert asked @ same > asked @ other


def test_nothing_and_more_than_one_request_holds(embedder: Embedder) -> None:
    assert embedder.embed([]).shape[0] == 0
    assert embedder.embed([f"text {number}" for number in range(150)]).shape[0] == 150


def test_every_model_has_a_name_of_its_own(server: FakeEmbeddings) -> None:
    specs = ["", "openai", "openai:nomic-embed-text", "openai:text-embedding-3-large@1024"]
    names = [embedder_of(spec, Server("sk-test", server.url)).name for spec in specs]
    assert names == [
        "all-MiniLM-L6-v2",
        "openai:text-embedding-3-small@512",
        "openai:nomic-embed-text",
        "openai:text-embedding-3-large@1024",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        (401, b'{"error": {"message": "no"}}'),
        (429, b'{"error": {"message": "slow down"}}'),
        (500, b"oops"),
        (200, b"not json"),
        (200, b"{}"),
        (200, b'{"object": "list", "data": []}'),
        (200, b'{"object": "list", "data": [{"index": 0, "embedding": [1.0, 2.0]}]}'),
        (200, b'{"object": "list", "data": [{"index": 0, "embedding": "AAAA"}]}'),
        (200, b'{"object": "list", "data": [{"index": 0, "embedding": [' + b", ".join([b"0.0"] * 768) + b"]}]}"),
    ],
)
def test_whatever_a_server_does_wrong_is_one_error(server: FakeEmbeddings, answer: tuple[int, bytes]) -> None:
    server.answer = answer
    with pytest.raises(EmbeddingFailed):
        embedder_of("openai:some-model", Server("sk-test", server.url)).embed(["Hello."])


def test_a_server_that_is_not_there_is_the_same_error() -> None:
    with pytest.raises(EmbeddingFailed):
        embedder_of("openai", Server("sk-test", "http://127.0.0.1:9/v1")).embed(["Hello."])


@pytest.mark.parametrize("spec", ["cohere", "openai:", "openai:a b", "openai:x@100", "openai:x@99999"])
def test_a_wrong_setting_says_which(spec: str) -> None:
    with pytest.raises(SettingsError, match="VOICELOOP_EMBEDDINGS"):
        embedder_of(spec, Server("sk-test"))


def test_openai_without_a_key_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match="OPENAI_API_KEY"):
        embedder_of("openai", Server(""))
