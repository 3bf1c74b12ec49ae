"""What a call's audio and words tell of the caller's present pause, as Evidence. Pure; the clock is given.

Fed by listening.py with everything it hears; asks nobody and decides nothing. Positions are samples of the stream.
"""

import time
from collections.abc import Callable

from agent.pipeline.hypotheses import words_of
from agent.pipeline.loudness import Loudness
from agent.pipeline.utterance import SAMPLE_RATE
from agent.turns.evidence import Evidence
from agent.turns.pauses import Habit

REMEMBERED_S = 8.0  # of the turn's sound, for the acoustic model
BEFORE_SPEECH_S = 0.2
HUSH_S = 0.16  # clearly quieter than the caller for so long: the detector hears something else
BEHIND_S = 0.12
CUT_OFF_S = 1.9  # who goes on within so long after an end, or 1.5 s into the answer, had not ended


class PauseWatch:
    """One per stream, for all its turns."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.loudness = Loudness()
        self.habit = Habit()
        self._sound = bytearray()
        self._end = 0
        self._voice_to = self._listened_to = self._turn_from = 0
        self._speech_s = 0.0
        self._silence_s, self._silence_at = 9.0, clock()
        self._turn_open, self._ended_at = False, -9.0
        self._turn_words: list[str] = []
        self.acoustic: float | None = None
        self.forget_words()

    def forget_words(self) -> None:
        """The open segment's words are final."""
        self._words, self._changed_at, self._heard_to = "", 0, 0

    # ---------------------------------------------------------------- what is heard

    def add(self, pcm: bytes) -> None:
        """All audio, in order."""
        self.loudness.add(pcm)
        self._sound += pcm
        self._end += len(pcm) // 2
        del self._sound[: max(0, len(self._sound) - int(REMEMBERED_S * SAMPLE_RATE) * 2)]

    def voice(self, position: int) -> None:
        """The caller speaks, heard up to `position`."""
        paused_s, now = self._silence_s, self._clock()
        if not self._turn_open:
            self._turn_open = True
            if now - self._ended_at <= CUT_OFF_S:
                self.habit = self.habit.after_cut(paused_s)
            else:
                self._turn_from = position - int(BEFORE_SPEECH_S * SAMPLE_RATE)
                self._turn_words.clear()
        elif paused_s > 0:
            self.habit = self.habit.after_pause(paused_s)
        if paused_s == 0:
            self._speech_s += max(0, position - self._voice_to) / SAMPLE_RATE
        else:
            self.forget_acoustic()
        self._voice_to = self._listened_to = position
        self._silence_s, self._silence_at = 0.0, now
        self.loudness.mark_speech(position)

    def silence(self, seconds: float, position: int) -> None:
        """The detector, which has listened up to `position`, has heard no speech for so long."""
        self._silence_s, self._silence_at = seconds, self._clock()
        self._listened_to = position

    def listened(self, position: int) -> None:
        """The detector has listened up to `position` and nothing else is new."""
        self._listened_to = position

    def words(self, text: str, until: int) -> None:
        """The open segment's words by a recognition of its audio up to `until`."""
        if words_of(text) != words_of(self._words) or not self._changed_at:
            self._changed_at = until
        self._words, self._heard_to = text, until

    def hand_over(self, text: str, *, ends_turn: bool) -> None:
        """The open segment's words became final."""
        self.forget_words()
        self._turn_words.append(text)
        if ends_turn:
            self.habit = self.habit.after_speech(len(words_of(" ".join(self._turn_words))), self._speech_s)
            self._turn_words.clear()
            self._speech_s = 0.0
            self._turn_open, self._ended_at = False, self._clock()
            self.forget_acoustic()

    def forget_acoustic(self) -> None:
        """The caller goes on, or has finished: no opinion holds any more."""
        self.acoustic = None

    # ---------------------------------------------------------------- what it means

    @property
    def is_behind(self) -> bool:
        """Whether the detector has not listened to all audio yet, as on a machine with too much to do."""
        return self._end - self._listened_to > BEHIND_S * SAMPLE_RATE

    @property
    def silence_s(self) -> float:
        """Seconds since the detector last heard speech; what it has not listened to may be speech."""
        if self._silence_s <= 0 or self.is_behind:
            return self._silence_s
        return self._silence_s + self._clock() - self._silence_at

    @property
    def hush_s(self) -> float:
        """Seconds for which the detector hears speech that is too quiet to be the caller's; 0 when it hears none."""
        hush_s = self.loudness.hush_s
        return hush_s if self._silence_s == 0 and hush_s >= HUSH_S else 0.0

    @property
    def unchanged_s(self) -> float:
        """Seconds of audio that have brought no other words."""
        return max(0, self._heard_to - self._changed_at) / SAMPLE_RATE

    @property
    def hush_from(self) -> int:
        """Where the hush began."""
        return self._end - int(self.hush_s * SAMPLE_RATE)

    @property
    def turn_sound(self) -> bytes:
        """The sound of this turn, its last 8 s at most."""
        missing = self._end - self._turn_from
        return bytes(self._sound[-2 * missing :]) if missing > 0 else b""

    def evidence(self, *, whole: bool) -> Evidence:
        """What is known now; `whole`: the words are those of all speech there is."""
        since_heard_s = max(0, self._end - self._heard_to) / SAMPLE_RATE if whole else 0.0
        return Evidence(
            silence_s=self.silence_s,
            words=" ".join([*self._turn_words, self._words]).strip(),
            whole=whole,
            unchanged_s=self.unchanged_s + since_heard_s,
            acoustic=self.acoustic,
            words_per_s=self.habit.words_per_s,
            pause_s=self.habit.pause_s,
            level_db=self.loudness.level_db if self.silence_s > 0 or self.hush_s > 0 else 0.0,
        )
