"""The table of speech and language providers: one row each, and the rule that picks from it. Adding one = one row.

Named in VOICELOOP_STT/LLM/TTS: exactly those, in that order. Otherwise every cloud provider whose key is present, in
table order, and the local one behind it; without keys the local one alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import aiohttp
from livekit.agents import llm, stt, tts, vad

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.engines.supervisor import socket_path
from agent.pipeline.moonshine import MoonshineSTT
from agent.pipeline.piper import PiperTTS
from agent.pipeline.settings import PipelineSettings
from agent.turns.detector import OpenWords
from agent.turns.finished import is_finished
from store.errors import SettingsError

Stage = Literal["stt", "llm", "tts"]
STAGES: tuple[Stage, ...] = ("stt", "llm", "tts")
SpeechToText = stt.STT[Any]
LanguageModel = llm.LLM[Any]
TextToSpeech = tts.TTS[Any]
ANY_LANGUAGE = "*"
_OPENAI_HOSTS = ("", "https://api.openai.com/v1")


@dataclass(frozen=True)
class Parts:
    """What a row may need to make its model for one call."""

    settings: PipelineSettings
    engine_dir: Path
    offline_llm: Callable[[], LanguageModel]
    vad: vad.VAD
    open_words: OpenWords
    language: str = "en"
    keyterms: tuple[str, ...] = ()
    alone: bool = True  # no other provider in the same chain
    http_session: aiohttp.ClientSession | None = None  # None: the one of the running job


@dataclass(frozen=True)
class Provider:
    """One row. `needs` lists environment variables, at least one of which must be set; none = always possible."""

    name: str
    stage: Stage
    needs: tuple[str, ...]
    make: Callable[[Parts], Any]
    local: bool
    streaming: bool
    languages: tuple[str, ...] = (ANY_LANGUAGE,)

    def speaks(self, language: str) -> bool:
        """Whether it handles a BCP 47 tag such as `en` or `de-AT`."""
        return ANY_LANGUAGE in self.languages or language.split("-")[0].lower() in self.languages


def _moonshine(parts: Parts) -> SpeechToText:
    return MoonshineSTT(
        EngineClient(socket_path(parts.engine_dir, "moonshine")),
        voice_detector=parts.vad,
        manual_flush=parts.alone,  # in a chain the framework flushes only when every member can
        open_words=parts.open_words,
        is_finished=is_finished,
    )


def _deepgram_stt(parts: Parts) -> SpeechToText:
    from livekit.plugins import deepgram

    english = parts.language.lower().startswith("en")
    return deepgram.STT(
        api_key=parts.settings.deepgram_api_key,
        base_url=f"{parts.settings.deepgram_base_url}/v1/listen",
        language="en-US" if parts.language == "en" else parts.language,
        numerals=english,
        keyterm=list(parts.keyterms),
        mip_opt_out=True,
        http_session=parts.http_session,
    )


def _openai_stt(parts: Parts) -> SpeechToText:
    from livekit.plugins import openai

    return openai.STT(language=parts.language.split("-")[0], use_realtime=False, **_openai_access(parts))


def _openai_llm(parts: Parts) -> LanguageModel:
    from livekit.plugins import openai

    compatible_server = parts.settings.openai_base_url not in _OPENAI_HOSTS
    return openai.LLM(
        model=parts.settings.openai_model,
        parallel_tool_calls=False,
        _strict_tool_schema=not compatible_server,
        **_openai_access(parts),
    )


def _openai_tts(parts: Parts) -> TextToSpeech:
    from livekit.plugins import openai

    return openai.TTS(response_format="pcm", **_openai_access(parts))


def _deepgram_tts(parts: Parts) -> TextToSpeech:
    from livekit.plugins import deepgram

    return deepgram.TTS(
        api_key=parts.settings.deepgram_api_key,
        base_url=f"{parts.settings.deepgram_base_url}/v1/speak",
        mip_opt_out=True,
        http_session=parts.http_session,
    )


def _openai_access(parts: Parts) -> dict[str, Any]:
    access: dict[str, Any] = {
        "api_key": parts.settings.openai_api_key or "none"
    }  # servers without keys still want some word
    return access | ({"base_url": parts.settings.openai_base_url} if parts.settings.openai_base_url else {})


def _piper(parts: Parts) -> TextToSpeech:
    return PiperTTS(EngineClient(socket_path(parts.engine_dir, "piper")))


PROVIDERS: tuple[Provider, ...] = (
    Provider("deepgram", "stt", ("DEEPGRAM_API_KEY",), _deepgram_stt, local=False, streaming=True),
    Provider("openai", "stt", ("OPENAI_API_KEY",), _openai_stt, local=False, streaming=False),
    Provider("moonshine", "stt", (), _moonshine, local=True, streaming=True, languages=("en",)),
    Provider("openai", "llm", ("OPENAI_API_KEY", "OPENAI_BASE_URL"), _openai_llm, local=False, streaming=True),
    Provider("offline", "llm", (), lambda parts: parts.offline_llm(), local=True, streaming=True, languages=("en",)),
    Provider("deepgram", "tts", ("DEEPGRAM_API_KEY",), _deepgram_tts, local=False, streaming=True, languages=("en",)),
    Provider("openai", "tts", ("OPENAI_API_KEY",), _openai_tts, local=False, streaming=False),
    Provider("piper", "tts", (), _piper, local=True, streaming=True, languages=("en",)),
)


def choose(stage: Stage, settings: PipelineSettings, language: str = "en") -> tuple[Provider, ...]:
    """The providers of `stage` in fallback order, never empty. Raises SettingsError for names it cannot serve.

    Providers that do not speak `language` are left out, unless none does: English is better than silence.
    """
    rows = {row.name: row for row in PROVIDERS if row.stage == stage}
    variable = f"VOICELOOP_{stage.upper()}"
    names = settings.named(stage)
    for name in names:
        if name not in rows:
            raise SettingsError(f"{variable} names {name!r}, which is unknown. Known: {', '.join(rows)}.")
        if not _possible(rows[name], settings):
            raise SettingsError(f"{variable} names {name}, which needs {' or '.join(rows[name].needs)} to be set.")
    chosen = [rows[name] for name in names] or [
        row for row in rows.values() if row.local or _key_present(row, settings)
    ]
    return tuple(row for row in chosen if row.speaks(language)) or tuple(chosen)


def engines_for(settings: PipelineSettings) -> tuple[str, ...]:
    """Names of the engine processes that calls with these settings use."""
    used = {row.name for stage in ("stt", "tts") for row in choose(stage, settings) if row.local}
    return tuple(name for name in ("moonshine", "piper") if name in used)


def plugins_for(settings: PipelineSettings) -> tuple[str, ...]:
    """Modules of the cloud plugins that calls with these settings import; factories import them where they are used."""
    used = {row.name for stage in STAGES for row in choose(stage, settings) if not row.local}
    return tuple(f"livekit.plugins.{name}" for name in sorted(used))


def _values(settings: PipelineSettings) -> dict[str, str]:
    return {
        "DEEPGRAM_API_KEY": settings.deepgram_api_key,
        "OPENAI_API_KEY": settings.openai_api_key,
        "OPENAI_BASE_URL": settings.openai_base_url,
    }


def _possible(row: Provider, settings: PipelineSettings) -> bool:
    return not row.needs or any(_values(settings)[name] for name in row.needs)


def _key_present(row: Provider, settings: PipelineSettings) -> bool:
    return any(_values(settings)[name] for name in row.needs if name.endswith("_KEY"))
