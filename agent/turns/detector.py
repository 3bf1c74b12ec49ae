"""The framework's turn detector, answered by policy.py: it waits as long as the policy says and then says yes.

A recogniser on this machine keeps its words open over pauses and asks `OpenWords.over` itself before it makes them
final; then nothing is left to wait for here. For one that sends final words by itself (a cloud's), the waiting is here,
for its last words too: they come later than the silence.
Runs in microseconds, dials nowhere; a waiting is cancelled when the caller goes on.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from livekit.agents import LanguageCode, llm, vad

from agent.turns import features, policy
from agent.turns.asked import asked_of, digits_asked_for
from agent.turns.evidence import Asked, Evidence
from store.log import get_logger

THRESHOLD = 0.5
LONGEST_S = 1.5  # of silence, whatever anybody says
FINAL_TIMEOUT_S = 3.0
ASSUMED_SILENCE_S = 0.25  # has passed when the framework asks, where nobody listens to the voice
LAST_WORDS_S = 0.5  # within so much silence a recogniser elsewhere sends them
PLAIN_WAIT_S = 0.8  # when the policy itself fails
RECHECK_S = 0.05
log = get_logger(__name__)


class Policy(Protocol):
    """How likely the end is, and after how much quiet to answer. agent.turns.policy is one."""

    def p_end(self, evidence: Evidence) -> float: ...
    def wait_s(self, p: float, evidence: Evidence, patience: float = 1.0) -> float: ...


@dataclass
class OpenWords:
    """What the recogniser of a call and its turn detector tell each other. One per call.

    `asked`, `digits`: what the assistant's last sentence wants; `wanted` knows it for sure where a value is taken down.
    `patience`: the persona's factor, `patience_by_question` the one for what is asked, where it has another.
    `noise_since`: when (monotonic) the caller finished though voice detection goes on; None: it does not.
    `leads`: the recogniser detects voices and tells the session's detection, which `hears` it, so that one is enough.
    `voice_at`: when (monotonic) the session's voice detection last heard the caller. `over_assistant`: it speaks.
    """

    heard: bool = False  # speech was heard that is in no final transcript yet
    finalise: Callable[[], None] | None = None  # asks the recogniser for that final transcript
    evidence: Callable[[], Evidence] | None = None  # what the recogniser knows of the present pause
    over: Callable[[], Awaitable[None]] | None = None  # returns when the policy lets the turn end
    decided: bool = False  # it has, and nothing was said since
    noise_since: float | None = None
    voice_at: float | None = None
    over_assistant: bool = False
    leads: bool = False
    hears: Callable[[vad.VADEvent], None] | None = None
    asked: Asked = Asked.NOTHING
    digits: int | None = None
    wanted: Callable[[], Asked] = lambda: Asked.NOTHING
    patience: float = 1.0
    patience_by_question: Mapping[str, float] = field(default_factory=dict[str, float])
    language: str = "en"
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def assistant_said(self, text: str) -> None:
        """The assistant's last words: what they ask for decides how long an answer may take."""
        self.asked, self.digits = self.wanted() or asked_of(text), digits_asked_for(text)

    def patience_with(self, asked: Asked) -> float:
        """The factor for a pause in the answer to this; the persona's own factor where it says nothing about it."""
        return self.patience_by_question.get(asked, self.patience)

    def tell(self) -> None:
        """There is new evidence: whoever waits looks at it."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def changed(self, timeout_s: float) -> None:
        """Returns at the next news, or after so long without."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        except TimeoutError:
            pass


class WordTurnDetector:
    """Passed as `turn_detection` with a min_delay of nearly nothing: it answers when the turn is over."""

    model = "words"
    provider = "voiceloop"

    def __init__(
        self, words: OpenWords | None = None, *, judge: Policy = policy, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._words = words or OpenWords()
        self._judge = judge
        self._clock = clock
        self._pause: tuple[str, float] = ("", 0.0)  # the words last asked about, and when they came
        self._judge_failed = False
        self._words.over = self._recognisers_turn_over

    async def supports_language(self, language: LanguageCode | None) -> bool:
        """Every one: where the words are not known, the ear decides."""
        self._words.language = str(language or "en")
        return True

    async def unlikely_threshold(self, language: LanguageCode | None) -> float | None:
        return THRESHOLD

    async def predict_end_of_turn(self, chat_ctx: llm.ChatContext, *, timeout: float | None = None) -> float:
        """1.0, as soon as the silence is long enough for what is known.

        Cancelled when the caller goes on or a final transcript comes, which is how waiting here ends early.
        """
        said = self._read(chat_ctx)
        if self._words.heard and self._words.finalise is not None:
            self._words.finalise()
            await self._until_final(FINAL_TIMEOUT_S if timeout is None else timeout)
        if not self._words.decided:
            await self._until_over(lambda: self._evidence_of(said))
        return 1.0

    def _read(self, chat_ctx: llm.ChatContext) -> str:
        """What the caller said last; notes what the assistant asked before."""
        said = ""
        for item in reversed(chat_ctx.items):
            if item.type == "message" and item.role == "user" and not said:
                said = item.text_content or ""
            elif item.type == "message" and item.role == "assistant":
                self._words.assistant_said(item.text_content or "")
                break
        if not said or said != self._pause[0]:
            self._pause = (said, self._clock())
        return said

    async def _until_final(self, timeout_s: float) -> None:
        """Until the open words turned out to be none; others come with a new question that cancels this one."""
        deadline = self._clock() + timeout_s
        while self._words.heard and (left_s := deadline - self._clock()) > 0:
            await self._words.changed(left_s)

    async def _recognisers_turn_over(self) -> None:
        await self._until_over(self._recognisers_evidence)

    def _recognisers_evidence(self) -> Evidence:
        assert self._words.evidence is not None, "asked by a recogniser that tells nothing"
        return self._words.evidence()

    async def _until_over(self, look: Callable[[], Evidence]) -> None:
        while True:
            known = replace(look(), asked=self._words.asked, digits=self._words.digits, language=self._words.language)
            quiet_s = features.quiet_s(known)
            wait_s = min(self._wait_s(known), LONGEST_S)
            if quiet_s >= LONGEST_S or (quiet_s >= wait_s and known.whole):
                return
            await self._words.changed(max(wait_s - quiet_s, RECHECK_S))

    def _wait_s(self, known: Evidence) -> float:
        try:
            return self._judge.wait_s(self._judge.p_end(known), known, self._words.patience_with(known.asked))
        except Exception as error:  # whatever it is: a caller who is never answered is worse than a plain rule
            if not self._judge_failed:  # asked twenty times a second, it fails as often
                self._judge_failed = True
                log.error("the policy failed; waiting for a plain silence", exc_info=error)
            return PLAIN_WAIT_S

    def _evidence_of(self, said: str) -> Evidence:
        """Of final words alone, or with what a recogniser on this machine knows beside them."""
        if self._words.evidence is None:
            came, voice_at = self._pause[1], self._words.voice_at
            began = came - ASSUMED_SILENCE_S if voice_at is None else voice_at
            silence_s = self._clock() - began
            whole = came >= began or silence_s >= LAST_WORDS_S
            return Evidence(silence_s=silence_s, words=said, whole=whole, unchanged_s=silence_s)
        known = self._words.evidence()
        return known if known.words else replace(known, words=said)
