"""Sentences kept as sound: found again by voice and text, whole or not at all, and never in the way of a call."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc

from agent import errors
from agent.pipeline.cached_audio import SoundCache, make_now, tone, voice_name
from tests.fakes.faulty_stages import RATE, VoiceOf
from tests.fakes.virtual_time import run

TEXT = "One moment, please. I am looking."


def make(folder: Path, voice: VoiceOf, *texts: str) -> SoundCache:
    cache = SoundCache(folder, voice_name(voice))

    async def work() -> None:
        await cache.make(voice, texts)

    run(work)
    return cache


def test_a_sentence_is_found_by_every_process_that_has_the_same_voice(tmp_path: Path) -> None:
    made = make(tmp_path, VoiceOf(), TEXT).find(TEXT)
    found = SoundCache(tmp_path, voice_name(VoiceOf())).find(TEXT)
    assert made is not None
    assert found == made
    assert SoundCache(tmp_path, "another/voice").find(TEXT) is None


def test_a_sentence_is_kept_clause_by_clause(tmp_path: Path) -> None:
    sound = make(tmp_path, VoiceOf(), TEXT).find(TEXT)
    assert sound is not None
    assert len(sound.clauses) == 3
    assert 3.0 <= sound.seconds < 3.1
    assert sum(frame.samples_per_channel for frame in sound.frames(sound.clauses[0])) == len(sound.clauses[0]) // 2


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    make(tmp_path, VoiceOf(), TEXT)
    voice = VoiceOf()
    make(tmp_path, voice, TEXT)
    assert voice.said == []


def test_a_voice_that_fails_costs_nothing_but_the_sentence(tmp_path: Path) -> None:
    cache = make(tmp_path, VoiceOf("ERROR"), TEXT, "", errors.ONE_MOMENT)
    assert cache.find(TEXT) is None
    assert list(tmp_path.iterdir()) == []


class VoiceWithStandIn(VoiceOf):
    """Falls silent when it is asked: another voice speaks for it from then on."""

    @property
    def provider(self) -> str:
        return "stand-in" if self.said else "fake"


def test_what_another_voice_said_in_its_place_is_for_this_call_alone(tmp_path: Path) -> None:
    cache = make(tmp_path, VoiceWithStandIn(), TEXT)
    assert cache.find(TEXT) is not None
    assert SoundCache(tmp_path, voice_name(VoiceOf())).find(TEXT) is None


def test_a_full_disk_is_not_filled_with_halves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert make(tmp_path, VoiceOf(), TEXT).find(TEXT) is not None
    assert list(tmp_path.iterdir()) == []


def test_half_a_file_is_no_sentence(tmp_path: Path) -> None:
    make(tmp_path, VoiceOf(), TEXT)
    (path,) = tmp_path.iterdir()
    for broken in (path.read_bytes()[:-10], b"", b"{}\n", b"no header"):
        path.write_bytes(broken)
        assert SoundCache(tmp_path, voice_name(VoiceOf())).find(TEXT) is None


@pytest.mark.parametrize(
    ("rate", "lengths"),
    [(0, [4]), (-1, [4]), (1e999, [4]), ("24000", [4]), (RATE, []), (RATE, [0, 4]), (RATE, [-2, 6]), (RATE, [1, 3])],
)
def test_what_could_not_be_played_is_made_anew(tmp_path: Path, rate: object, lengths: list[int]) -> None:
    make(tmp_path, VoiceOf(), TEXT)
    [path] = tmp_path.iterdir()
    head = json.dumps({"text": TEXT, "rate": rate, "lengths": lengths})
    path.write_bytes(head.encode() + b"\n" + bytes(sum(lengths)))
    assert SoundCache(tmp_path, voice_name(VoiceOf())).find(TEXT) is None
    assert make(tmp_path, VoiceOf(), TEXT).find(TEXT) is not None


def test_a_folder_that_cannot_be_written_keeps_the_sentence_in_memory() -> None:
    assert make(Path("/proc/nowhere"), VoiceOf(), TEXT).find(TEXT) is not None


def test_prewarm_without_a_loop_makes_them_too(tmp_path: Path) -> None:
    voice = VoiceOf()
    make_now(SoundCache(tmp_path, voice_name(voice)), voice, [TEXT], limit_s=30)
    assert SoundCache(tmp_path, voice_name(voice)).find(TEXT) is not None


def test_the_last_resort_is_a_short_sound_that_can_be_heard() -> None:
    sound = tone()
    frames: list[rtc.AudioFrame] = sound.frames(sound.clauses[0])
    samples: Any = memoryview(sound.clauses[0]).cast("h")
    assert 0.3 < sound.seconds < 0.6
    assert max(samples) > 3000
    assert len(frames) == 8
    assert frames[0].sample_rate == RATE
