"""A caller in Python: joins a room, talks through a microphone track, notes everything it hears with its time.

Waits are for events, with a limit that names what did not happen. Times are `time.monotonic()` seconds. One task feeds
the microphone for the whole call (LiveKit refuses two captures at once): queued speech, else silence, noise on top.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from livekit import rtc

from tests.e2e.speech import QUIET, SAMPLE_RATE, Sound

FRAME = SAMPLE_RATE // 100
TOPICS = ("voiceloop.event", "voiceloop.citations", "voiceloop.confirmation")
T = TypeVar("T")
AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT


@dataclass(slots=True)
class Line:
    """One state of a transcript segment; a segment grows until it is ``final``."""

    at: float
    by_agent: bool
    text: str
    final: bool
    segment: str


@dataclass(slots=True)
class Utterance:
    """What the caller says; both times are set when its sound leaves."""

    frames: deque[bytes]
    started_at: float = 0.0
    ended_at: float = 0.0
    done: asyncio.Event = field(default_factory=asyncio.Event)


class NotHeard(AssertionError):
    """Something expected did not happen in time; the message ends with what did."""


class Caller:
    """``async with Caller(url, token) as caller``: in the room, with an open microphone, until the block ends."""

    microphone_queue_ms = 50  # 0: a frame leaves at once, and whoever feeds keeps the time (bench/voice/clock.py)

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self.room = rtc.Room()
        self.lines: list[Line] = []
        self.topics: list[tuple[float, str, dict[str, Any]]] = []
        self.chat: list[tuple[float, str]] = []
        self.states: list[tuple[float, str]] = []
        self.loud: list[float] = []  # when a frame with sound arrived
        self.frames_heard = 0
        self.microphone_at = 0.0
        self.noise: Sound | None = None
        self._queue: deque[Utterance] = deque()
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def room_name(self) -> str:
        return self.room.name

    @property
    def agent(self) -> rtc.RemoteParticipant | None:
        """The agent in the room, if there is one now."""
        return next((one for one in self.room.remote_participants.values() if one.kind == AGENT), None)

    async def __aenter__(self) -> Caller:
        self._listen()
        await self.room.connect(self._url, self._token)
        for participant in self.room.remote_participants.values():
            self._note_state(participant)
        self._source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=self.microphone_queue_ms)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self._source)
        self._keep(self._feed())
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self.microphone_at = time.monotonic()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Hang up, also in the middle of a sentence."""
        if self._closing:
            return
        self._closing = True
        await self.room.disconnect()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._source.aclose()

    # -- speaking ---------------------------------------------------------------------------------------------------

    def start_saying(self, sound: Sound) -> Utterance:
        """Queue speech and return at once."""
        whole = np.concatenate([sound, np.zeros(-len(sound) % FRAME, np.int16)])
        utterance = Utterance(deque(whole[at : at + FRAME].tobytes() for at in range(0, len(whole), FRAME)))
        self._queue.append(utterance)
        return utterance

    async def say(self, sound: Sound) -> Utterance:
        """Speak and return when the last of it has left."""
        utterance = self.start_saying(sound)
        await utterance.done.wait()
        return utterance

    async def say_until_heard(self, sound: Sound, pattern: str, tries: int = 4) -> Utterance:
        """Speak, and speak again as a person would when the recogniser wrote something else; returns what was heard.

        The small recogniser mishears a synthetic voice now and then, more so on a busy machine; these tests are about
        what happens with words that were understood, its errors are measured elsewhere.
        """
        for _ in range(tries):
            utterance = await self.say(sound)
            try:
                line = await self.wait_for_transcript(r"\w", by_agent=False, after=utterance.started_at, final=True)
            except NotHeard:
                continue
            if re.search(pattern, line.text, re.IGNORECASE):
                return utterance
            await self.wait_until_listening(utterance.ended_at)
        raise NotHeard(f"{pattern!r} was never understood; {self.story()}")

    async def type(self, text: str) -> float:
        """Send a chat message; returns when."""
        await self.room.local_participant.send_text(text, topic="lk.chat")
        return time.monotonic()

    async def press(self, method: str, payload: dict[str, Any]) -> str:
        """Call an RPC method of the agent, as the page's buttons do."""
        agent = await self.wait_for_agent()
        return await self.room.local_participant.perform_rpc(
            destination_identity=agent.identity, method=method, payload=json.dumps(payload)
        )

    # -- waiting ----------------------------------------------------------------------------------------------------

    async def until(self, found: Callable[[], T | None], within_s: float, what: str) -> T:
        """The first truthy value of ``found``, asked again whenever anything happened in the room."""
        deadline = time.monotonic() + within_s
        while not (value := found()):
            self._changed.clear()
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotHeard(f"no {what} within {within_s:.1f} s; {self.story()}")
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 0.05))
            except TimeoutError:
                continue
        return value

    async def wait_for_agent(self, within_s: float = 60.0) -> rtc.RemoteParticipant:
        return await self.until(lambda: self.agent, within_s, "agent in the room")

    async def wait_for_agent_speech(self, after: float = 0.0, within_s: float = 30.0) -> float:
        """When the first sound of the agent after ``after`` arrived."""
        return await self.until(lambda: self.first_sound(after), within_s, "sound of the agent")

    async def wait_for_silence(self, after: float = 0.0, quiet_s: float = 0.5, within_s: float = 30.0) -> float:
        """When the agent fell silent after ``after``: its last sound before ``quiet_s`` of none."""
        return await self.until(lambda: self._silent_since(after, quiet_s), within_s, "silence of the agent")

    async def wait_until_listening(self, after: float = 0.0, within_s: float = 60.0) -> None:
        """Until the agent spoke after ``after``, stopped, and says it is listening."""
        first = await self.wait_for_agent_speech(after, within_s)

        def settled() -> bool:
            quiet = time.monotonic() - self.loud[-1] > 0.4
            return quiet and bool(self.states) and self.states[-1][1] == "listening" and time.monotonic() > first + 0.3

        await self.until(settled, within_s, "end of the agent's turn")

    async def wait_for_transcript(
        self, pattern: str, *, by_agent: bool, after: float = 0.0, final: bool | None = None, within_s: float = 30.0
    ) -> Line:
        """The first transcript line that matches ``pattern`` (case ignored)."""
        wanted = re.compile(pattern, re.IGNORECASE)

        def found() -> Line | None:
            return next(
                (
                    line
                    for line in self.lines
                    if line.by_agent == by_agent
                    and line.at > after
                    and final in (None, line.final)
                    and wanted.search(line.text)
                ),
                None,
            )

        return await self.until(found, within_s, f"{'agent' if by_agent else 'caller'} transcript like {pattern!r}")

    async def wait_for_topic(
        self, topic: str, *, after: float = 0.0, within_s: float = 45.0, **expected: object
    ) -> dict[str, Any]:
        """The first JSON message on ``topic`` whose fields equal ``expected``."""

        def found() -> dict[str, Any] | None:
            for at, name, data in self.topics:
                if name == topic and at > after and all(data.get(key) == value for key, value in expected.items()):
                    return data
            return None

        return await self.until(found, within_s, f"{topic} {expected or ''}")

    # -- what was heard ---------------------------------------------------------------------------------------------

    def first_sound(self, after: float) -> float | None:
        return next((at for at in self.loud if at > after), None)

    def heard_latency(self, utterance: Utterance) -> float | None:
        """Seconds from the caller's last frame of speech to the agent's first sound after it."""
        first = self.first_sound(utterance.ended_at)
        return first - utterance.ended_at if first else None

    def agent_text(self, after: float = 0.0) -> str:
        """Everything the agent said since, the last state of each segment."""
        segments: dict[str, str] = {}
        for line in self.lines:
            if line.by_agent and line.at > after:
                segments[line.segment] = line.text
        return " ".join(segments.values())

    def story(self) -> str:
        """What happened, for a failing test."""
        latest = {line.segment: line for line in self.lines}
        said = [f"{'agent' if line.by_agent else 'caller'}: {line.text!r}" for line in latest.values()]
        states = " ".join(state for _, state in self.states)
        topics = [f"{name} {data.get('type') or data.get('status') or ''}" for _, name, data in self.topics]
        return f"heard {len(self.loud)} loud of {self.frames_heard} frames; {said}; states {states or '-'}; {topics}"

    def _silent_since(self, after: float, quiet_s: float) -> float | None:
        times = [at for at in self.loud if at >= after]
        for earlier, later in zip(times, [*times[1:], time.monotonic()], strict=True):
            if later - earlier >= quiet_s:
                return earlier
        return after if not times and time.monotonic() - after >= quiet_s else None

    # -- plumbing ---------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self.room.register_text_stream_handler("lk.transcription", lambda r, who: self._keep(self._read_line(r, who)))
        self.room.register_text_stream_handler("lk.chat", lambda r, _: self._keep(self._read_chat(r)))
        for topic in TOPICS:
            self.room.register_text_stream_handler(topic, lambda r, _, t=topic: self._keep(self._read_topic(r, t)))
        self.room.on("track_subscribed", self._on_track)
        self.room.on("participant_connected", self._note_state)
        self.room.on("participant_disconnected", lambda _: self._changed.set())
        self.room.on("disconnected", lambda _: self._changed.set())
        self.room.on("participant_attributes_changed", lambda _, who: self._note_state(who))

    def _keep(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _note_state(self, participant: rtc.Participant) -> None:
        state = participant.attributes.get("lk.agent.state")
        if state and (not self.states or self.states[-1][1] != state):
            self.states.append((time.monotonic(), state))
        self._changed.set()

    def _on_track(self, track: rtc.Track, _: object, participant: rtc.RemoteParticipant) -> None:
        if participant.kind == AGENT and track.kind == rtc.TrackKind.KIND_AUDIO:
            self._keep(self._hear(track))

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=16_000, num_channels=1, frame_size_ms=10)
        try:
            async for event in stream:
                now = time.monotonic()
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.float64)
                self.frames_heard += 1
                if np.sqrt((samples**2).mean()) > QUIET:
                    self.loud.append(now)
                    self._changed.set()
        finally:
            await stream.aclose()

    async def _read_line(self, reader: rtc.TextStreamReader, identity: str) -> None:
        attributes = reader.info.attributes or {}
        by_agent = identity != self.room.local_participant.identity
        segment = attributes.get("lk.segment_id", reader.info.stream_id)
        final = attributes.get("lk.transcription_final") == "true"
        text = ""
        with contextlib.suppress(rtc.StreamError):  # the speaker left in the middle of it
            async for chunk in reader:
                text += chunk
                if by_agent:  # spoken words come as one stream that grows with the sound
                    self._add(Line(time.monotonic(), by_agent, text, False, segment))
        self._add(Line(time.monotonic(), by_agent, text, final or by_agent, segment))

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        self._changed.set()

    async def _read_chat(self, reader: rtc.TextStreamReader) -> None:
        self.chat.append((time.monotonic(), await reader.read_all()))
        self._changed.set()

    async def _read_topic(self, reader: rtc.TextStreamReader, topic: str) -> None:
        data = json.loads(await reader.read_all())
        self.topics.append((time.monotonic(), topic, data))
        self._changed.set()

    async def _feed(self) -> None:
        position = 0
        while not self._closing:
            utterance = self._queue[0] if self._queue else None
            raw = utterance.frames.popleft() if utterance and utterance.frames else bytes(2 * FRAME)
            if self.noise is not None:
                raw, position = self._with_noise(raw, position)
            if utterance and not utterance.started_at:
                utterance.started_at = time.monotonic() + self._source.queued_duration
            await self._source.capture_frame(rtc.AudioFrame(raw, SAMPLE_RATE, 1, FRAME))
            if utterance and not utterance.frames:
                utterance.ended_at = time.monotonic() + self._source.queued_duration
                self._queue.popleft()
                utterance.done.set()

    def _with_noise(self, raw: bytes, position: int) -> tuple[bytes, int]:
        assert self.noise is not None
        part = np.take(self.noise, range(position, position + FRAME), mode="wrap").astype(np.int32)
        both = np.frombuffer(raw, np.int16).astype(np.int32) + part
        return np.clip(both, -32768, 32767).astype(np.int16).tobytes(), (position + FRAME) % len(self.noise)
