"""The words of the open segment of speech: what of its audio is recognised together with what, and what is kept.

Fresh words are heard with the unfinished sentence before them; a monologue is put aside in parts; a guess in between
hears only what came after the last pause. Knows neither voice detection nor the framework's events.
"""

from collections.abc import Callable
from dataclasses import dataclass

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.hypotheses import as_fragment, continuation, without_echo
from agent.pipeline.recognition import FINAL, LONGEST_S, transcribe
from agent.pipeline.utterance import SAMPLE_RATE, Slice, Utterance

PARTIAL_TIMEOUT_S = 5.0  # a partial that hangs must not keep the final waiting
CUT_AFTER_S, CUT_SILENCE_S = 12.0, 0.2  # a monologue: the part before a pause is recognised once and put aside
CONTEXT_GAP_S, CONTEXT_MOST_S = 2.0, 12.0
WORTH_SKIPPING_S = 1.5  # less is heard again with the rest
SKIPPED_BACK_S = 0.15


@dataclass(frozen=True)
class Heard:
    """A recognition of the open segment: its words, and the stream position its audio reached."""

    text: str
    until: int


@dataclass(frozen=True)
class Unfinished:
    """A segment handed over in mid-sentence: it is heard again together with what follows, for better words."""

    audio: Slice
    text: str


class SegmentWords:
    """One per stream, for all its segments."""

    def __init__(
        self, engine: EngineClient, utterance: Utterance, is_finished: Callable[[str], bool], timeout_s: float
    ) -> None:
        self._engine, self._utterance, self._timeout_s = engine, utterance, timeout_s
        self._is_finished = is_finished
        self._unfinished: Unfinished | None = None
        self._put_aside: list[str] = []
        self._settled: Heard | None = None

    def begin_segment(self) -> None:
        """The words before are final."""
        self._put_aside.clear()
        self._settled = None

    def settle(self, heard: Heard) -> None:
        """The caller pauses: these are all words up to here, and `guess` needs not hear them again."""
        if heard.text and heard.until - self._utterance.start >= WORTH_SKIPPING_S * SAMPLE_RATE:
            self._settled = heard

    def finished(self, text: str) -> bool:
        """Whether the turn could end with these words."""
        return self._is_finished(" ".join(filter(None, [self._unfinished.text if self._unfinished else "", text])))

    async def whole(self, priority: int, silence_s: float) -> Heard:
        """Words of the whole open segment, without those already handed over."""
        await self._put_monologue_aside(silence_s)
        audio = self._utterance.audio()
        text = await self._with_context(audio, priority)
        if text is None:
            text = await self._transcribe(audio.pcm, priority)
        return Heard(" ".join([*self._put_aside, without_echo(text)]).strip(" ,"), audio.end)

    @property
    def can_skip(self) -> bool:
        """Whether part of the segment is settled, so that `guess` is cheap."""
        return self._settled is not None and self._settled.until > self._utterance.start

    async def guess(self, priority: int) -> Heard:
        """As `whole`, quicker, hearing only what came after the last pause: good enough to look at, not to keep."""
        before, audio = self._settled, self._utterance.audio()
        assert before is not None
        skipped = max(0, before.until - int(SKIPPED_BACK_S * SAMPLE_RATE) - self._utterance.start) * 2
        text = without_echo(await self._transcribe(audio.pcm[skipped:], priority))
        return Heard(f"{as_fragment(before.text)} {text}".strip(" ,"), audio.end)

    def hand_over(self, heard: Heard) -> tuple[str, float]:
        """The words to send, and how many seconds of audio they are. What was said after them, while they were
        recognised, opens the next segment."""
        text, audio = heard.text, self._utterance.peek_until(heard.until)
        if text and not self.finished(text):
            text = as_fragment(text)
            if self._unfinished is None and audio.duration_s < CONTEXT_MOST_S / 2 and not self._put_aside:
                self._unfinished = Unfinished(audio, text)
                self._utterance.take_until(audio.end)  # it is in the context: the pre-roll must not repeat it
            else:
                self._unfinished = None
        else:
            self._unfinished = None
        self._utterance.finish(heard.until)
        return text, audio.duration_s

    async def _with_context(self, audio: Slice, priority: int) -> str | None:
        before = self._unfinished
        if before is None or self._put_aside:
            return None
        gap_s = (audio.end - before.audio.end) / SAMPLE_RATE - audio.duration_s
        if gap_s > CONTEXT_GAP_S or before.audio.duration_s + audio.duration_s > CONTEXT_MOST_S:
            self._unfinished = None
            return None
        whole = await self._transcribe(before.audio.pcm + audio.pcm, priority)
        return continuation(before.text, whole)

    async def _put_monologue_aside(self, silence_s: float) -> None:
        """Keeps what the model hears short: it is slow on long audio and deaf beyond half a minute."""
        while self._utterance.duration_s > CUT_AFTER_S:
            if self._utterance.duration_s > LONGEST_S:
                cut = self._utterance.quietest(LONGEST_S / 2, LONGEST_S)
            elif silence_s >= CUT_SILENCE_S and self._utterance.speech_end is not None:
                cut = self._utterance.speech_end + int(silence_s / 2 * SAMPLE_RATE)
            else:
                return
            head = self._utterance.peek_until(cut)
            self._put_aside.append(await self._transcribe(head.pcm, FINAL))
            self._utterance.take_until(head.end)

    async def _transcribe(self, pcm: bytes, priority: int) -> str:
        timeout_s = self._timeout_s if priority == FINAL else min(self._timeout_s, PARTIAL_TIMEOUT_S)
        return await transcribe(self._engine, pcm, priority=priority, timeout_s=timeout_s)
