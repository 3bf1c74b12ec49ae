"""The assistant's voice reaches the room just in time: turned down, held and stopped without delay, no word lost."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.voice import io

from agent.pipeline.output import GentleOutput
from agent.pipeline.output_pace import AHEAD_S, Pace

RATE = 24_000


class Clock:
    """Stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def now(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0)


class Loudspeaker(io.AudioOutput):
    """Plays by a Clock, like the framework's own: reports what was heard when it is cleared or has played all."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(label="room", capabilities=io.AudioOutputCapabilities(pause=True), sample_rate=RATE)
        self.clock, self.pieces, self.events = clock, list[tuple[float, np.ndarray]](), list[io.PlaybackFinishedEvent]()
        self.given_s, self.dry_at = 0.0, 0.0
        self.subscribed = asyncio.Future[None]()  # as the framework's: cancelled with whoever waits for it
        self.subscribed.set_result(None)
        self.on("playback_finished", self.events.append)

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await self.subscribed
        await super().capture_frame(frame)
        if not self.given_s:
            self.on_playback_started(created_at=self.clock.now())
        self.pieces.append((self.clock.now(), np.frombuffer(frame.data, np.int16)))
        self.given_s += frame.duration
        self.dry_at = max(self.dry_at, self.clock.now()) + frame.duration

    @property
    def queued_s(self) -> float:
        return max(0.0, self.dry_at - self.clock.now())

    def flush(self) -> None:
        super().flush()
        self.task = asyncio.create_task(self._play_out())

    async def _play_out(self) -> None:
        await self.clock.sleep(self.queued_s)
        self._finish(interrupted=False)

    def clear_buffer(self) -> None:
        self.task.cancel()
        self._finish(interrupted=True)

    def _finish(self, *, interrupted: bool) -> None:
        if self.given_s:
            heard_s, self.given_s = self.given_s - self.queued_s, 0.0
            self.dry_at = 0.0
            self.on_playback_finished(playback_position=heard_s, interrupted=interrupted)

    @property
    def heard(self) -> np.ndarray:
        return np.concatenate([samples for _, samples in self.pieces])


def spoken(seconds: float, *, start: int = 0) -> rtc.AudioFrame:
    """Samples of about 10000, each different from its neighbours."""
    samples = (10_000 + (start + np.arange(round(seconds * RATE))) % 997).astype(np.int16)
    return rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples))


class Stage:
    def __init__(self) -> None:
        self.clock = Clock()
        self.room = Loudspeaker(self.clock)
        self.output = GentleOutput(self.room, now=self.clock.now, sleep=self.clock.sleep)
        self.finished: list[io.PlaybackFinishedEvent] = []
        self.output.on("playback_finished", self.finished.append)

    async def say(self, seconds: float, *, ended: bool = True) -> None:
        await self.output.capture_frame(spoken(seconds))
        if ended:
            self.output.flush()

    async def until(self, seconds: float) -> None:
        """Lets time pass until `seconds` have been handed to the loudspeaker."""
        for _ in range(1000):
            if self.room.given_s >= seconds - 1e-6:
                return
            await asyncio.sleep(0)
        raise AssertionError(f"only {self.room.given_s} s were handed over")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    stage.output.clear_buffer()


async def test_every_sample_arrives_unchanged_and_never_far_ahead_of_the_ear(stage: Stage) -> None:
    await stage.say(1.0)
    event = await stage.output.wait_for_playout()
    assert event.playback_position == pytest.approx(1.0)
    assert not event.interrupted
    assert stage.room.heard.tobytes() == bytes(spoken(1.0).data)
    began = stage.room.pieces[0][0]
    given = np.cumsum([0.05] * len(stage.room.pieces))
    assert max(sum_s - (at - began) for (at, _), sum_s in zip(stage.room.pieces, given, strict=True)) <= 0.081


async def test_who_is_turned_down_is_quiet_within_a_tenth_of_a_second(stage: Stage) -> None:
    await stage.say(2.0)
    await stage.until(0.5)
    told_at, heard_by_then = stage.clock.now(), 0.5 - stage.room.queued_s
    stage.output.duck()
    await stage.until(1.0)
    first_quiet = int(np.argmax(np.abs(stage.room.heard) < 2_800))
    assert first_quiet / RATE - heard_by_then <= 0.1
    assert stage.clock.now() > told_at
    steps = np.abs(np.diff(stage.room.heard.astype(int)))
    assert steps.max() < 1_100, "a jump would be heard as a click"
    stage.output.unduck()
    await stage.until(1.5)
    assert stage.room.heard[-1] > 9_900


async def test_the_next_sentence_is_at_full_voice(stage: Stage) -> None:
    await stage.say(0.5)
    await stage.until(0.2)
    stage.output.duck()
    await stage.output.wait_for_playout()
    stage.room.pieces.clear()
    await stage.say(0.2)
    await stage.output.wait_for_playout()
    assert stage.room.heard.tobytes() == bytes(spoken(0.2).data)


async def test_who_is_stopped_reports_what_was_heard_and_no_more(stage: Stage) -> None:
    await stage.say(3.0)
    await stage.until(1.0)
    heard_s = 1.0 - stage.room.queued_s
    stage.output.clear_buffer()
    stage.output.clear_buffer()  # the framework does so twice
    event = await stage.output.wait_for_playout()
    assert event.interrupted
    assert event.playback_position == pytest.approx(heard_s, abs=0.06)
    assert len(stage.finished) == 1


async def test_what_is_still_being_synthesised_when_stopped_is_never_heard(stage: Stage) -> None:
    await stage.say(1.0, ended=False)
    await stage.until(0.5)
    stage.output.clear_buffer()
    await stage.say(1.0)
    await stage.output.wait_for_playout()
    assert len(stage.room.heard) / RATE == pytest.approx(0.5)
    assert len(stage.finished) == 1


async def test_after_a_stop_the_answer_is_heard(stage: Stage) -> None:
    await stage.say(1.0)
    await stage.until(0.5)
    stage.output.clear_buffer()
    stage.room.pieces.clear()
    await stage.say(0.3)
    event = await stage.output.wait_for_playout()
    assert not event.interrupted
    assert stage.room.heard.tobytes() == bytes(spoken(0.3).data)


async def test_a_stop_before_anybody_listens_ends_the_waiting(stage: Stage) -> None:
    stage.room.subscribed = asyncio.Future[None]()
    await stage.say(1.0)
    await asyncio.sleep(0)
    stage.output.clear_buffer()
    event = await stage.output.wait_for_playout()
    assert event.interrupted
    assert event.playback_position == 0.0
    stage.room.subscribed.set_result(None)
    await stage.say(0.2)
    assert not (await stage.output.wait_for_playout()).interrupted


async def test_held_and_let_go_it_goes_on_at_the_same_sample(stage: Stage) -> None:
    await stage.say(1.0)
    await stage.until(0.5)
    stage.output.pause()
    for _ in range(20):
        await asyncio.sleep(0)
    held_at = stage.room.given_s
    assert held_at <= 0.55
    stage.clock.now_s += 3.0
    stage.output.resume()
    event = await stage.output.wait_for_playout()
    assert event.playback_position == pytest.approx(1.0)
    assert stage.room.heard.tobytes() == bytes(spoken(1.0).data)


async def test_what_has_not_begun_can_be_kept_from_it_for_a_while(stage: Stage) -> None:
    stage.output.hold(60.0)
    await stage.say(1.0)
    for _ in range(20):
        await asyncio.sleep(0)
    assert not stage.room.pieces
    stage.output.let_go()
    event = await stage.output.wait_for_playout()
    assert event.playback_position == pytest.approx(1.0)
    stage.output.hold(0.0)
    await stage.say(0.2)
    assert not (await stage.output.wait_for_playout()).interrupted


async def test_how_long_it_will_go_on_is_known_once_all_of_it_is_there(stage: Stage) -> None:
    await stage.say(1.0, ended=False)
    await stage.until(0.25)
    assert stage.output.left_s() is None
    stage.output.flush()
    assert stage.output.left_s() == pytest.approx(0.75 + stage.room.queued_s, abs=0.06)


async def test_a_loudspeaker_that_breaks_leaves_nobody_waiting(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_frame: rtc.AudioFrame) -> None:
        raise OSError("unplugged")

    monkeypatch.setattr(stage.room, "capture_frame", broken)
    await stage.say(0.5)
    event = await stage.output.wait_for_playout()
    assert event.interrupted


def test_on_a_busy_machine_pieces_are_handed_over_sooner_and_later_again_once_it_keeps_up() -> None:
    pace, now = Pace(), 0.0
    pace.pushed(0.05, now)
    assert pace.early_s(now) == pytest.approx(0.05 - AHEAD_S)
    now = 0.2  # 0.15 s late
    pace.pushed(0.05, now)
    assert pace.early_s(now) < 0.05 - AHEAD_S
    for _ in range(100):
        now += pace.early_s(now)
        pace.pushed(0.05, now)
    assert pace.early_s(now) == pytest.approx(0.05)
    assert pace.left_s(now) == pytest.approx(0.05 + AHEAD_S)


def test_a_voice_that_comes_late_by_itself_is_no_sign_of_a_busy_machine() -> None:
    pace = Pace()
    pace.pushed(0.05, 0.0)
    pace.pushed(0.05, 1.0, due=False)
    assert pace.early_s(1.0) == pytest.approx(0.05 - AHEAD_S)
