"""A question's vector: made once, and not waited for while the model's server is down."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.embedder import LetterEmbedder
from tools.knowledge.embedding import Vectors
from tools.knowledge.meaning import Meaning, Question
from tools.knowledge.remote_embedding import EmbeddingFailed


class Server(LetterEmbedder):
    """A model behind a network: each failure takes as long as its patience. ``now``: its clock and everybody's."""

    def __init__(self) -> None:
        self.now, self.asked, self.fails_after = 100.0, 0, 0.0
        self.is_down = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += 1
        if self.is_down:
            self.now += self.fails_after
            raise EmbeddingFailed("The model gave no vectors.")
        return super().embed(texts)

    def clock(self) -> float:
        return self.now


async def test_a_question_is_embedded_once_however_many_ask() -> None:
    server = Server()
    question = Question("What does parking cost?", server, Meaning(server.clock))
    first, again = await question.vector(), await question.vector()
    assert first is again
    assert first is not None
    assert server.asked == 1


async def test_a_server_that_is_down_is_waited_for_once_and_tried_again_after_a_while() -> None:
    server = Server()
    meaning = Meaning(server.clock)
    server.is_down, server.fails_after = True, 2.0
    for _ in range(5):
        assert await meaning.of(server, "What does parking cost?") is None
    assert server.asked == 1
    server.now += 16
    assert await meaning.of(server, "What does parking cost?") is None
    assert await meaning.of(server, "What does parking cost?") is None
    assert server.asked == 2
    server.is_down = False
    assert await meaning.of(server, "What does parking cost?") is None
    server.now += 16
    for _ in range(2):
        assert await meaning.of(server, "What does parking cost?") is not None


async def test_a_refusal_at_once_stops_nobody_else() -> None:
    server = Server()
    meaning = Meaning(server.clock)
    server.is_down = True
    assert await meaning.of(server, "What does parking cost?") is None
    server.is_down = False
    assert await meaning.of(server, "What does parking cost?") is not None


async def test_another_model_goes_on_meanwhile() -> None:
    server, own = Server(), LetterEmbedder()
    own.name = "another"
    meaning = Meaning(server.clock)
    server.is_down, server.fails_after = True, 2.0
    assert await meaning.of(server, "What does parking cost?") is None
    assert await meaning.of(own, "What does parking cost?") is not None
    assert await meaning.of(None, "What does parking cost?") is None
