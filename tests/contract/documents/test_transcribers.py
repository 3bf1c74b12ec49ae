"""Every transcriber tells what was said and when; what it sends is what the service's own document allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from ingest.documents.audio import transcribe
from ingest.documents.model import Limits
from ingest.documents.sound.choosing import SpeechSettings, transcribers
from ingest.documents.sound.cloud import DeepgramTranscriber, OpenAITranscriber
from ingest.documents.sound.moonshine import Moonshine
from ingest.documents.sound.said import Transcriber
from store.errors import SettingsError, Unavailable
from tests.contract.documents.conftest import BRIEFING
from tests.e2e.speech import Sound, silence
from tests.fakes.deepgram import FakeDeepgram
from tests.fakes.openai import FakeOpenAI
from tests.fakes.recordings import encoded

HEARD = "|".join(BRIEFING)


@pytest.fixture
async def openai() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(HEARD).running() as server:
        yield server


@pytest.fixture
async def deepgram() -> AsyncIterator[FakeDeepgram]:
    async with FakeDeepgram(HEARD).running() as server:
        yield server


@pytest.mark.parametrize("name", ["moonshine", "openai", "deepgram"])
async def test_a_recording_is_told_sentence_by_sentence(name: str, briefing: Sound) -> None:
    async with AsyncExitStack() as stack:
        openai, deepgram = FakeOpenAI(HEARD), FakeDeepgram(HEARD)
        await stack.enter_async_context(openai.running())
        await stack.enter_async_context(deepgram.running())
        one: Transcriber = {
            "moonshine": Moonshine(),
            "openai": OpenAITranscriber(openai.url, "key"),
            "deepgram": DeepgramTranscriber(deepgram.url, "key"),
        }[name]
        found = await transcribe(encoded(briefing, "flac"), Limits(), [one])
    (page,) = found.pages
    for words in ("briefing for the week", "north entrance is closed on Tuesday", "nine euros a day"):
        assert words in page.text.replace("Briefing", "briefing").replace("The Week", "the week").replace(
            "Week", "week"
        )
    assert found.page_kind == "recording"
    assert page.recognised
    seconds = [one.seconds for one in page.regions if one.seconds]
    assert len(seconds) == len(page.regions) >= 3
    assert seconds == sorted(seconds)
    assert all(0 <= start < end <= len(briefing) / 48_000 + 0.1 for start, end in seconds)
    assert [page.text[one.start : one.end] for one in page.regions][-1].startswith("Parking")
    assert openai.violations == deepgram.violations == []


async def test_a_service_that_fails_is_replaced_by_the_local_one(
    briefing: Sound, openai: FakeOpenAI, deepgram: FakeDeepgram
) -> None:
    deepgram.refuse, openai.fail_with = True, 400
    settings = SpeechSettings((), "key", openai.url, "key", deepgram.url)
    found = await transcribe(encoded(briefing, "ogg"), Limits(), settings)
    assert "nine euros" in found.pages[0].text
    (finding,) = found.findings
    assert (finding.code, finding.severity) == ("transcribed_by_fallback", "warning")
    assert finding.detail.startswith("deepgram and openai did not answer. Transcribed by moonshine.")


async def test_a_service_named_alone_is_not_replaced(briefing: Sound, deepgram: FakeDeepgram) -> None:
    deepgram.refuse = True
    settings = SpeechSettings(("deepgram",), deepgram_api_key="very secret", deepgram_base_url=deepgram.url)
    with pytest.raises(Unavailable) as refused:
        await transcribe(encoded(briefing, "ogg"), Limits(), settings)
    assert "deepgram" in refused.value.message
    assert "secret" not in refused.value.message


async def test_a_service_that_stumbles_is_asked_again(briefing: Sound) -> None:
    async with FakeOpenAI(HEARD).running() as server:
        server.fail_with = 503
        one = OpenAITranscriber(server.url, "key", pause_s=0)
        with pytest.raises(Unavailable, match="it answered 503"):
            await one.hear(b"\0\0" * 16_000)
        server.fail_with = None
        assert [said.text for said in await one.hear(b"\0\0" * 16_000 * 8)] == list(BRIEFING)
        await one.aclose()


async def test_nothing_silent_is_sent_to_anybody(briefing: Sound, openai: FakeOpenAI) -> None:
    import numpy as np

    sound = np.concatenate([silence(300), briefing])
    settings = SpeechSettings(("openai",), "key", openai.url)
    found = await transcribe(encoded(sound, "flac"), Limits(), settings)
    assert openai.audio_bytes < 130 * 32_000
    first = found.pages[0].regions[0].seconds
    assert first is not None
    assert first[0] >= 200  # as long after the beginning as the silence that was left out


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        (SpeechSettings(), ["moonshine"]),
        (SpeechSettings(openai_api_key="k"), ["openai", "moonshine"]),
        (SpeechSettings(openai_api_key="k", deepgram_api_key="k"), ["deepgram", "openai", "moonshine"]),
        (SpeechSettings(("moonshine",), openai_api_key="k"), ["moonshine"]),
        (SpeechSettings(("openai", "moonshine"), openai_api_key="k"), ["openai", "moonshine"]),
    ],
    ids=["no keys", "openai", "all", "local by name", "both by name"],
)
def test_the_transcribers_are_those_of_the_worker(settings: SpeechSettings, names: list[str]) -> None:
    assert [one.name for one in transcribers(settings)] == names


@pytest.mark.parametrize(
    ("settings", "words"),
    [(SpeechSettings(("whisper",)), "unknown"), (SpeechSettings(("deepgram",)), "DEEPGRAM_API_KEY")],
    ids=["unknown", "no key"],
)
def test_a_transcriber_that_cannot_be_had_is_named(settings: SpeechSettings, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        transcribers(settings)


def test_keys_stay_out_of_logs() -> None:
    assert "very secret" not in repr(SpeechSettings(openai_api_key="very secret", deepgram_api_key="very secret"))
