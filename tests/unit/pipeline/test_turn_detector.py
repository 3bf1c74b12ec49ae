"""How long the turn detector waits: as the policy says, anew at every evidence, never beyond 1.5 s of silence."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from livekit.agents import LanguageCode, llm

from agent.turns import detector
from agent.turns.detector import LONGEST_S, OpenWords, WordTurnDetector
from agent.turns.evidence import Asked, Evidence

PAUSE = Evidence(silence_s=0.3, words="")


class Judge:
    """Whoever says please has finished; everybody else is waited for as long as it takes."""

    def __init__(self) -> None:
        self.seen: list[Evidence] = []
        self.patience = 0.0

    def p_end(self, evidence: Evidence) -> float:
        self.seen.append(evidence)
        return float("please" in evidence.words)

    def wait_s(self, p: float, evidence: Evidence, patience: float = 1.0) -> float:
        self.patience = patience
        return 0.2 if p else 99.0


class Call:
    """A detector with a recogniser beside it whose evidence the test sets."""

    def __init__(self) -> None:
        self.words, self.judge, self.now = OpenWords(), Judge(), 100.0
        self.detector = WordTurnDetector(self.words, judge=self.judge, clock=lambda: self.now)
        self.context = llm.ChatContext.empty()

    def hear(self, evidence: Evidence) -> None:
        self.words.evidence = lambda: evidence
        self.words.tell()

    def said(self, words: str) -> None:
        self.context.add_message(role="user", content=words)

    async def asked(self) -> float:
        return await self.detector.predict_end_of_turn(self.context)


async def steps() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def call() -> Call:
    return Call()


@pytest.fixture
def waiting() -> Iterator[list[asyncio.Task[object]]]:
    tasks: list[asyncio.Task[object]] = []
    yield tasks
    for task in tasks:
        task.cancel()


async def test_a_turn_that_is_over_is_answered_at_once(call: Call) -> None:
    call.said("A table for two, please.")
    call.hear(replace(PAUSE, words="A table for two, please."))
    assert await asyncio.wait_for(call.asked(), 5) == 1.0


async def test_new_evidence_ends_the_waiting(call: Call, waiting: list[asyncio.Task[object]]) -> None:
    call.said("A table")
    call.hear(replace(PAUSE, words="A table"))
    waiting.append(task := asyncio.create_task(call.asked()))
    await steps()
    assert not task.done()
    call.hear(replace(PAUSE, words="A table for two, please"))
    assert await asyncio.wait_for(task, 5) == 1.0


async def test_nobody_is_left_waiting_beyond_the_longest_silence(call: Call) -> None:
    call.said("Book a table on the")
    call.hear(replace(PAUSE, words="Book a table on the", silence_s=LONGEST_S))
    assert await asyncio.wait_for(call.asked(), 5) == 1.0


async def test_words_still_being_recognised_are_waited_for(call: Call, waiting: list[asyncio.Task[object]]) -> None:
    call.hear(half := replace(PAUSE, words="please", whole=False))
    assert call.words.over is not None
    waiting.append(task := asyncio.ensure_future(call.words.over()))
    await steps()
    assert not task.done()
    call.hear(replace(half, whole=True))
    await asyncio.wait_for(task, 5)


async def test_what_the_recogniser_waited_for_is_not_waited_for_again(call: Call) -> None:
    call.said("on the")
    call.hear(replace(PAUSE, words="on the"))
    call.words.decided = True
    assert await asyncio.wait_for(call.asked(), 5) == 1.0
    assert call.judge.seen == []


async def test_without_a_recogniser_beside_it_the_words_and_the_time_decide(call: Call) -> None:
    call.said("Nothing, please.")
    assert await asyncio.wait_for(call.asked(), 5) == 1.0
    assert call.judge.seen[-1].words == "Nothing, please."
    call.now += 2.0
    assert await asyncio.wait_for(call.asked(), 5) == 1.0
    assert call.judge.seen[-1].silence_s == pytest.approx(2.25)  # the same words, the same silence


async def test_the_assistants_question_and_the_personas_patience_are_known_to_the_policy(call: Call) -> None:
    call.context.add_message(role="assistant", content="What is your phone number?")
    call.said("please")
    call.words.patience = 1.7
    await asyncio.wait_for(call.asked(), 5)
    assert call.judge.seen[-1].asked is Asked.DIGITS
    assert call.judge.patience == 1.7


@pytest.mark.parametrize(
    ("question", "factor"),
    [("What is your phone number?", 2.0), ("Is that right?", 0.5), ("When would you like to come?", 1.7)],
)
async def test_a_persona_may_be_more_patient_after_one_kind_of_question(
    call: Call, question: str, factor: float
) -> None:
    call.words.patience, call.words.patience_by_question = 1.7, {"digits": 2.0, "yes_no": 0.5}
    call.context.add_message(role="assistant", content=question)
    call.said("please")
    await asyncio.wait_for(call.asked(), 5)
    assert call.judge.patience == factor


async def test_what_is_being_taken_down_goes_before_what_the_words_seem_to_ask(call: Call) -> None:
    call.words.wanted = lambda: Asked.SPELLING
    call.context.add_message(role="assistant", content="Sorry, and once more?")
    call.said("please")
    await asyncio.wait_for(call.asked(), 5)
    assert call.judge.seen[-1].asked is Asked.SPELLING


async def test_words_still_open_are_made_final_first(call: Call, waiting: list[asyncio.Task[object]]) -> None:
    asked: list[bool] = []
    call.words.heard, call.words.finalise = True, lambda: asked.append(True)
    call.hear(replace(PAUSE, words="please"))
    waiting.append(task := asyncio.create_task(call.asked()))
    await steps()
    assert asked == [True]
    assert not task.done()
    call.words.heard = False  # they turned out to be none
    call.words.tell()
    assert await asyncio.wait_for(task, 5) == 1.0


async def test_every_language_is_judged_and_named(call: Call) -> None:
    assert await call.detector.supports_language(LanguageCode("de"))
    call.said("bitte, please")
    await asyncio.wait_for(call.asked(), 5)
    assert call.judge.seen[-1].language == "de"


async def test_last_words_from_elsewhere_are_waited_for(call: Call, waiting: list[asyncio.Task[object]]) -> None:
    call.said("Nothing, please.")
    assert await asyncio.wait_for(call.asked(), 5) == 1.0
    call.now += 3.0
    call.words.voice_at = call.now - 0.25  # spoken since those words came; others are on their way
    waiting.append(task := asyncio.create_task(call.asked()))
    await steps()
    assert not task.done()
    call.now += 0.3
    call.words.tell()
    assert await asyncio.wait_for(task, 5) == 1.0


async def test_a_policy_that_fails_costs_a_plain_silence_and_no_answer(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(detector.log, "error", lambda text, **_: told.append(text))
    call.judge.wait_s = lambda p, evidence, patience=1.0: 1 / 0  # type: ignore[method-assign]
    call.said("please")
    call.hear(replace(PAUSE, words="please", silence_s=0.9))
    assert await asyncio.wait_for(call.asked(), 5) == 1.0
    assert await asyncio.wait_for(call.asked(), 5) == 1.0
    assert len(told) == 1  # asked at every sign, it fails as often
