"""Sound files of every kind are decoded; what is damaged, silent, too long or no sound at all says so plainly."""

from __future__ import annotations

import io
import struct
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ingest.documents.audio import clock, pages_of, transcribe
from ingest.documents.model import BadDocument, Limits
from ingest.documents.sound.decoding import Decoder
from ingest.documents.sound.said import Said, sentences
from tests.contract.documents.pictures import as_bytes, printed
from tests.e2e.speech import Sound, noise, silence
from tests.fakes.recordings import KINDS, encoded, video


class Echo:
    """A transcriber that hears one sentence in whatever it gets."""

    name = "echo"

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.is_closed = False

    async def hear(self, pcm: bytes) -> list[Said]:
        self.heard.append(len(pcm))
        return [Said("Something was said here.", 0.0, len(pcm) / 32_000)]

    async def aclose(self) -> None:
        self.is_closed = True


async def refused(content: bytes, limits: Limits | None = None) -> BadDocument:
    echo = Echo()
    with pytest.raises(BadDocument) as error:
        await transcribe(content, limits or Limits(), [echo])
    assert echo.is_closed
    return error.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 2], ids=["mono", "stereo"])
async def test_every_kind_is_decoded(kind: str, channels: int, briefing: Sound) -> None:
    content = encoded(briefing, kind, title="Weekly briefing", channels=channels)
    echo, shares = Echo(), list[float]()
    found = await transcribe(content, Limits(), [echo], shares.append)
    seconds = len(briefing) / 48_000
    assert sum(echo.heard) / 32_000 == pytest.approx(seconds, abs=0.15)
    assert found.metadata["duration_s"] == pytest.approx(seconds, abs=0.2)
    assert found.metadata["channels"] == channels
    assert found.title == "Weekly briefing"
    assert shares[-1] == pytest.approx(1.0, abs=0.02)
    assert [one.code for one in found.findings] == ["recognised"]


@pytest.mark.parametrize("rate", [8000, 11_025, 96_000])
async def test_every_usual_rate_is_decoded(rate: int, briefing: Sound) -> None:
    echo = Echo()
    await transcribe(encoded(briefing, "wav", rate=rate), Limits(), [echo])
    assert sum(echo.heard) / 32_000 == pytest.approx(len(briefing) / 48_000, abs=0.1)


async def test_a_long_recording_is_heard_in_pieces_cut_where_it_is_quiet(briefing: Sound) -> None:
    echo, shares = Echo(), list[float]()
    sound = np.resize(briefing, 48_000 * 500)
    found = await transcribe(encoded(sound, "wav", rate=16_000), Limits(), [echo], shares.append)
    assert len(echo.heard) == 3
    assert max(echo.heard) <= 240 * 32_000
    assert shares == sorted(shares)
    assert len(found.pages) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "broken_file"),
        (b"\0" * 5000, "broken_file"),
        (b"ID3\x04" + b"\xff\xfb\x90" * 3, "broken_file"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "broken_file"),
        (bytes(range(256)) * 40, "broken_file"),
        (video(), "video"),
        (as_bytes(printed(), "JPEG"), "video"),
    ],
    ids=["empty", "zeros", "a head", "half a head", "garbage", "video", "picture"],
)
async def test_what_is_no_recording_is_refused(content: bytes, code: str) -> None:
    error = await refused(content)
    assert error.code == code or (code == "video" and error.code in {"no_sound", "broken_file"})
    assert error.message.endswith(".")


@pytest.mark.parametrize("before", [b"", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)], ids=["bare", "behind a tag"])
def test_a_list_of_other_files_is_no_recording(
    before: bytes, briefing: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret.wav").write_bytes(encoded(briefing, "wav"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadDocument) as error:
        Decoder(before + b"ffconcat version 1.0\nfile secret.wav\n", Limits()).about()
    assert error.value.code == "broken_file"


async def test_silence_and_hiss_are_refused() -> None:
    assert (await refused(encoded(silence(20), "flac"))).code == "no_speech"
    quiet = noise(20, 12)
    assert (await refused(encoded(quiet, "flac"))).code == "no_speech"


async def test_a_recording_without_a_sample_is_refused() -> None:
    assert (await refused(encoded(silence(0), "wav"))).code in {"broken_file", "no_speech"}


@pytest.mark.parametrize("kind", ["m4a", "flac", "ogg", "mp3", "wav", "webm"])
async def test_half_a_recording_is_refused_or_said_to_be_half(kind: str, briefing: Sound) -> None:
    whole = encoded(briefing, kind)
    if kind == "m4a":  # what is where stands at its end
        assert (await refused(whole[: len(whole) // 2])).code == "broken_file"
        return
    found = await transcribe(whole[: len(whole) // 2], Limits(), [Echo()])
    assert found.metadata["duration_s"] < 0.75 * len(briefing) / 48_000
    is_told = found.findings[0].code == "truncated"
    assert is_told == (kind in {"wav", "flac", "webm", "mp3"})  # an Ogg file does not say how long it is


async def test_a_recording_longer_than_allowed_is_refused_before_it_is_heard(briefing: Sound) -> None:
    error = await refused(encoded(np.resize(briefing, 48_000 * 70), "ogg"), Limits(audio_s=60))
    assert error.code == "too_long"


async def test_a_header_that_claims_hours_is_not_believed(briefing: Sound) -> None:
    content = bytearray(encoded(briefing, "wav"))
    data = content.index(b"data")
    content[data + 4 : data + 8] = struct.pack("<I", 0xFFFF_0000)
    found = await transcribe(bytes(content), Limits(), [Echo()])
    assert found.metadata["duration_s"] == pytest.approx(len(briefing) / 48_000, abs=0.2)


@pytest.mark.parametrize("rate", [1, 3_000_000])
async def test_a_rate_that_cannot_be_is_refused(rate: int) -> None:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\1\2" * 4000)
    assert (await refused(out.getvalue())).code in {"odd_rate", "broken_file"}


# ---------------------------------------------------------------- pages of sentences


def test_sentences_share_the_seconds_of_what_was_said() -> None:
    said = Said("It opens at nine. Bring a towel! Ask Dr. Hill at No. 4.", 10.0, 20.0)
    found = list(sentences(said))
    assert [one.text for one in found][:2] == ["It opens at nine.", "Bring a towel!"]
    assert found[0].from_s == 10.0
    assert found[-1].to_s == pytest.approx(20.0)
    assert all(one.to_s == pytest.approx(other.from_s) for one, other in pairwise(found))


def test_pages_last_five_minutes_and_keep_pauses() -> None:
    said = [Said(f"Sentence {number}.", 100.0 * number, 100.0 * number + 99) for number in range(8)]
    pages = pages_of([*said, Said("Much later.", 4000.0, 4002.0)])
    assert [page.label for page in pages] == ["0:00–4:59", "5:00–9:59", "10:00–13:19", "1:06:40–1:06:42"]
    assert pages[0].text == "Sentence 0. Sentence 1. Sentence 2."
    assert pages_of([Said("One.", 0, 1), Said("Two.", 4, 5)])[0].text == "One.\n\nTwo."


def test_moments_are_told_as_people_do() -> None:
    assert [clock(one) for one in (0, 59.9, 83.4, 3600, 3723)] == ["0:00", "0:59", "1:23", "1:00:00", "1:02:03"]
