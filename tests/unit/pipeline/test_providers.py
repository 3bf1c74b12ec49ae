"""Which providers a call uses, by names and by keys; wrong settings stop the start and say which."""

import pytest

from agent.pipeline.providers import PROVIDERS, choose, engines_for
from agent.pipeline.settings import PipelineSettings
from store.errors import SettingsError

DEEPGRAM, OPENAI = {"DEEPGRAM_API_KEY": "d"}, {"OPENAI_API_KEY": "o"}


def chains(environment: dict[str, str], language: str = "en") -> tuple[str, str, str]:
    settings = PipelineSettings.from_environment(environment)
    stages = ("stt", "llm", "tts")
    rows = [choose(stage, settings, language) for stage in stages]
    return tuple(",".join(row.name for row in chain) for chain in rows)  # pyright: ignore[reportReturnType]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("moonshine", "offline", "piper")),
        (DEEPGRAM, ("deepgram,moonshine", "offline", "deepgram,piper")),
        (OPENAI, ("openai,moonshine", "openai,offline", "openai,piper")),
        (DEEPGRAM | OPENAI, ("deepgram,openai,moonshine", "openai,offline", "deepgram,openai,piper")),
        (DEEPGRAM | {"VOICELOOP_STT": "moonshine"}, ("moonshine", "offline", "deepgram,piper")),
        (DEEPGRAM | {"VOICELOOP_STT": " Moonshine, deepgram "}, ("moonshine,deepgram", "offline", "deepgram,piper")),
        ({"VOICELOOP_LLM": "openai", "OPENAI_BASE_URL": "http://127.0.0.1:11434/v1"}, ("moonshine", "openai", "piper")),
        ({"DEEPGRAM_API_KEY": " "}, ("moonshine", "offline", "piper")),
    ],
)
def test_names_then_keys_then_local(environment: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert chains(environment) == expected


def test_local_english_models_stay_out_of_other_languages_when_others_speak_them() -> None:
    assert chains(OPENAI, "de") == ("openai", "openai", "openai")
    assert chains({}, "de") == ("moonshine", "offline", "piper")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (
            {"VOICELOOP_STT": "whisper"},
            "VOICELOOP_STT names 'whisper', which is unknown. Known: deepgram, openai, moonshine.",
        ),
        ({"VOICELOOP_TTS": "deepgram"}, "VOICELOOP_TTS names deepgram, which needs DEEPGRAM_API_KEY to be set."),
        ({"VOICELOOP_LLM": "openai"}, "needs OPENAI_API_KEY or OPENAI_BASE_URL to be set."),
        ({"VOICELOOP_STT": "moonshine,moonshine"}, "names a provider twice"),
        ({"DEEPGRAM_BASE_URL": "localhost:80"}, "DEEPGRAM_BASE_URL is no address"),
    ],
)
def test_wrong_settings_say_what_to_do(environment: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as problem:
        chains(environment)
    assert said in problem.value.message


def test_engines_start_only_where_they_are_used() -> None:
    assert engines_for(PipelineSettings()) == ("moonshine", "piper")
    assert engines_for(PipelineSettings(stt=("deepgram",), deepgram_api_key="d")) == ("piper",)


def test_keys_are_not_shown() -> None:
    settings = PipelineSettings.from_environment({"DEEPGRAM_API_KEY": "sesame-1", "OPENAI_API_KEY": "sesame-2"})
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize("given", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/listen"])
def test_deepgram_addresses_may_be_given_in_any_form(given: str) -> None:
    assert PipelineSettings.from_environment({"DEEPGRAM_BASE_URL": given}).deepgram_base_url == "http://h:1"


def test_every_stage_has_a_local_row_that_needs_nothing() -> None:
    assert {row.stage for row in PROVIDERS if row.local and not row.needs} == {"stt", "llm", "tts"}
