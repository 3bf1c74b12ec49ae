"""The assistant's voice on its way to the room, just in time: it is turned down, held and stopped without a delay.

The framework hands a loudspeaker whole sentences at once; here they wait, and the loudspeaker gets pieces of 50 ms
shortly before they are heard. So what it reports as played was heard, and nothing plays that was taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession
from livekit.agents.voice import io

from agent.pipeline.output_pace import Pace, Volume
from agent.pipeline.output_segment import Segment
from store.log import get_logger

log = get_logger(__name__)
Hearer = Callable[[rtc.AudioFrame, float, float], None]
DUCKED = 0.25


class GentleOutput(io.AudioOutput):
    """Stands in front of ``loudspeaker`` (the last output of a chain) and takes its place.

    ``now``/``sleep``: the clock, seconds; by default the event loop's. ``duck()`` is heard within 0.1 s, ``pause()`` in
    0.08 s, later on a machine that does not keep up; both keep every word. ``clear_buffer()`` silences at once and
    reports what was heard until then.
    """

    def __init__(
        self,
        loudspeaker: io.AudioOutput,
        *,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        super().__init__(
            label="gentle",
            capabilities=io.AudioOutputCapabilities(pause=True),
            sample_rate=loudspeaker.sample_rate,
        )
        self._loudspeaker, self._sleep = loudspeaker, sleep
        self._now = now or asyncio.get_running_loop().time
        self._pace, self._volume = Pace(), Volume()
        self._open: Segment | None = None  # takes what is captured
        self._dropped = False  # the rest of what is being captured is not wanted any more
        self._waiting: list[Segment] = []  # the first one is being played
        self._task: asyncio.Task[None] | None = None
        self._going, self._free = asyncio.Event(), asyncio.Event()
        self._going.set()
        self._free.set()
        self._letting_go: asyncio.TimerHandle | None = None
        self.hearers: list[Hearer] = []  # get a piece, the seconds said before it, when it is heard; must not wait
        self.on_silenced: Callable[[], None] = _nothing
        loudspeaker.on("playback_started", self._on_started)
        loudspeaker.on("playback_progressed", self._on_progressed)
        loudspeaker.on("playback_finished", self._on_finished)

    # ---------------------------------------------------------------- what a behaviour may do

    def duck(self) -> None:
        self._volume.set(DUCKED)

    def unduck(self) -> None:
        self._volume.set(1.0)

    def hold(self, most_s: float) -> None:
        """What has not begun yet does not begin before ``let_go``, or ``most_s`` seconds from now."""
        self.let_go()
        self._free.clear()
        self._letting_go = asyncio.get_running_loop().call_later(most_s, self.let_go)

    def let_go(self) -> None:
        if self._letting_go is not None:
            self._letting_go.cancel()
            self._letting_go = None
        self._free.set()

    def left_s(self) -> float | None:
        """Seconds until everything that is being said will have been heard; None while more may come."""
        if any(not segment.ended for segment in self._waiting):
            return None
        return sum(segment.left_s for segment in self._waiting) + self._pace.left_s(self._now())

    # ---------------------------------------------------------------- what the framework does

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if self._dropped:
            return
        if self._open is None:
            self._open = Segment(sample_rate=frame.sample_rate, channels=frame.num_channels)
            self._waiting.append(self._open)
        self._open.pcm += frame.data.cast("B")
        self._open.news.set()
        self._play_next()

    def flush(self) -> None:
        super().flush()
        self._dropped = False
        if self._open is not None:
            self._open.ended = True
            self._open.news.set()
            self._open = None

    def clear_buffer(self) -> None:
        """What waits is dropped, what plays falls silent; every segment still gets its playback_finished."""
        self._dropped = self._open is not None
        self._open = None
        if self._task is not None:
            self._task.cancel()
            self._task = None
        unheard = [segment for segment in self._waiting if not segment.handed_over]
        self._waiting = [segment for segment in self._waiting if segment.handed_over]
        for playing in list(self._waiting):
            playing.pcm.clear()
            playing.cleared = True
            self._flush(playing)
            self._loudspeaker.clear_buffer()
            self.on_silenced()
        for _ in unheard:
            self.on_playback_finished(playback_position=0.0, interrupted=True)

    def pause(self) -> None:
        self._going.clear()

    def resume(self) -> None:
        self._going.set()

    def on_attached(self) -> None:
        self._loudspeaker.on_attached()

    def on_detached(self) -> None:
        self.let_go()
        self.clear_buffer()
        self._loudspeaker.on_detached()

    # ---------------------------------------------------------------- playing

    def _play_next(self) -> None:
        if self._task is None and self._waiting and not self._waiting[0].flushed:
            self._volume.set(1.0, at_once=True)
            self._pace.rest()
            self._task = asyncio.create_task(self._play(self._waiting[0]), name="voice")
            self._task.add_done_callback(self._on_played)

    async def _play(self, segment: Segment) -> None:
        await self._somebody_listens()
        waited = False
        while segment.pcm or not segment.ended:
            if (gate := self._gate(segment)) is not None:
                waited = True
                await gate.wait()
            elif early_s := self._pace.early_s(self._now()):
                await self._sleep(early_s)
            else:
                await self._hand_over(segment, due=not waited)
                waited = False
        self._flush(segment)

    def _gate(self, segment: Segment) -> asyncio.Event | None:
        """What has to happen before its next piece."""
        if not segment.pcm:
            segment.news.clear()
            return segment.news
        if not self._going.is_set():
            return self._going
        return None if segment.handed_over or self._free.is_set() else self._free

    async def _somebody_listens(self) -> None:
        """The room waits for it in ``capture_frame``; a task that is cancelled there would make it mute for ever."""
        subscribed = getattr(self._loudspeaker, "subscribed", None)
        if isinstance(subscribed, asyncio.Future):
            await asyncio.shield(subscribed)

    def _on_played(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("what was being said could not be played", exc_info=error)
            self.clear_buffer()  # nobody must wait for it

    async def _hand_over(self, segment: Segment, *, due: bool) -> None:
        frame = self._volume.apply(segment.take(), segment.sample_rate, segment.channels)
        await self._loudspeaker.capture_frame(frame)
        for hear in self.hearers:
            hear(frame, segment.handed_over, self._pace.sounds_at(self._now()))
        segment.handed_over += frame.duration
        self._pace.pushed(frame.duration, self._now(), due=due)

    def _flush(self, segment: Segment) -> None:
        if not segment.flushed:
            segment.flushed = True
            self._loudspeaker.flush()

    # ---------------------------------------------------------------- what the loudspeaker reports

    def _on_started(self, event: io.PlaybackStartedEvent) -> None:
        self.on_playback_started(created_at=event.created_at)

    def _on_progressed(self, event: io.PlaybackProgressedEvent) -> None:
        self.on_playback_progressed(started_at=event.started_at, offset=event.offset, duration=event.duration)

    def _on_finished(self, event: io.PlaybackFinishedEvent) -> None:
        if not self._waiting:
            return
        played = self._waiting.pop(0)
        interrupted = event.interrupted or played.cleared
        self._task = None
        self.on_playback_finished(playback_position=event.playback_position, interrupted=interrupted)
        self._play_next()


def gentle_of(session: AgentSession[Any]) -> GentleOutput | None:
    """The one that was installed."""
    sink = session.output.audio
    while sink is not None and not isinstance(sink, GentleOutput):
        sink = sink.next_in_chain
    return sink


def _nothing() -> None:
    return


def install(session: AgentSession[Any]) -> GentleOutput | None:
    """Puts a GentleOutput in front of the session's loudspeaker, before anything is said. None: it has none."""
    loudspeaker = session.output.audio
    while loudspeaker is not None and loudspeaker.next_in_chain is not None:
        loudspeaker = loudspeaker.next_in_chain
    if loudspeaker is None:
        return None
    gentle = GentleOutput(loudspeaker)
    session.output.replace_audio_tail(gentle)
    return gentle
