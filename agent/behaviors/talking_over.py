"""What is known while both speak, from the caller's first sound on, and the assistant's voice meanwhile.

Keeps and tells; ``floor.py`` decides with it. What the sound and the words mean is in ``agent/turns``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from livekit.agents.voice import SpeechHandle

from agent.pipeline.output import GentleOutput
from agent.turns.backchannels import asks_yes_or_no
from agent.turns.evidence import Asked
from agent.turns.interruption import Overlap, Verdict
from agent.turns.levels import CallerLevel, Onset, OverlapSound

_BEFORE = 6  # frames of sound before the caller's voice was noticed that belong to it


class CallerSound:
    """How loud the caller is and usually is; ``onset`` tells their first syllable by it."""

    def __init__(self) -> None:
        self._level = CallerLevel()
        self._before: deque[tuple[float, float]] = deque(maxlen=_BEFORE)
        self.onset = Onset(self._level)

    @property
    def usual(self) -> float | None:
        return self._level.usual

    def passed(self, level_db: float, duration_s: float) -> None:
        """Of every piece of sound: it may belong to a voice that is noticed a moment later."""
        self._before.append((level_db, duration_s))

    def alone(self, level_db: float, duration_s: float, *, speech: bool) -> None:
        """Of one that nobody speaks over: so loud they are, or the room around them."""
        self._level.heard(level_db, duration_s, speech=speech)

    def begun(self) -> OverlapSound:
        """Of a voice that was noticed just now, with what was heard of it before."""
        self.onset.confirmed()
        sound = OverlapSound(self._level.noise)
        for level_db, duration_s in self._before:
            sound.heard(level_db, duration_s)
        return sound


@dataclass
class TalkingOver:
    """Both speak. ``speech``: what the assistant was saying; ``alone_s``: for so long it has been silent again."""

    sound: OverlapSound
    speech: SpeechHandle | None
    is_held: bool = False
    words: list[str] = field(default_factory=list[str])
    partial: str = ""
    verdict: Verdict = "wait"
    alone_s: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(filter(None, [*self.words, self.partial]))

    def hear(self, words: str, *, is_final: bool) -> None:
        self.partial = "" if is_final else words
        if is_final:
            self.words.append(words)

    def overlap(
        self, *, over: bool, usual_db: float | None, speaking: bool, spoken: str, left_s: float | None
    ) -> Overlap:
        """For the detector. ``usual_db``: how loud the caller usually is."""
        level = self.sound.level
        return Overlap(
            voiced_s=self.sound.voiced_s,
            silence_s=self.sound.silence_s,
            words=self.text,
            over=over,
            level_db=None if level is None or usual_db is None else level - usual_db,
            swing_db=self.sound.swing_db,
            speaking=speaking,
            spoken=spoken,
            asked=Asked.YES_NO if asks_yes_or_no(spoken) else Asked.NOTHING,
            left_s=left_s,
        )


class AssistantVoice:
    """The session's voice, once it has one; before, and in a written conversation, all of this does nothing."""

    def __init__(self) -> None:
        self.output: GentleOutput | None = None

    def duck(self) -> None:
        if self.output is not None:
            self.output.duck()

    def unduck(self) -> None:
        if self.output is not None:
            self.output.unduck()

    def hold(self, most_s: float) -> None:
        if self.output is not None:
            self.output.hold(most_s)

    def let_go(self) -> None:
        if self.output is not None:
            self.output.let_go()

    def left_s(self) -> float | None:
        return self.output.left_s() if self.output is not None else None
