"""Puts a call's pipeline together from settings: models with their fallbacks, voice detection, turn handling.

Everything that decides about turns runs on this machine, in every mode: the framework's own defaults would dial out
in `dev` and `console`. Nothing here opens a connection; models connect on first use.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from livekit.agents import APIConnectOptions, TurnHandlingOptions, llm, stt, tts, vad
from livekit.agents.voice.agent_session import SessionConnectOptions
from livekit.plugins import silero

from agent.pipeline.caller_voice import CallerVoice
from agent.pipeline.providers import LanguageModel, Parts, SpeechToText, Stage, TextToSpeech, choose
from agent.pipeline.settings import PipelineSettings
from agent.turns.detector import OpenWords, WordTurnDetector

# for recognisers that get whole pieces of speech, and for pauses; a turn that is over ends earlier (CallerVoice)
END_OF_SPEECH_SILENCE_S = 0.25
# the policy waits (WordTurnDetector), within its cap of 1.5 s; the framework adds nothing and never cuts it short
MIN_DELAY_S, MAX_DELAY_S = 0.0, 1.5
NEVER_WORDS = 10_000  # agent/behaviors/floor.py decides who is interrupted, and goes on by itself
ATTEMPT_TIMEOUT_S = 4.0


@dataclass(frozen=True)
class Pipeline:
    """Arguments for an AgentSession. Close the models with the session.

    `words`: what the recogniser and the turn detector share; the call sets `patience` there and says what was asked.
    """

    stt: SpeechToText
    llm: LanguageModel
    tts: TextToSpeech
    vad: vad.VAD
    words: OpenWords
    turn_handling: TurnHandlingOptions
    conn_options: SessionConnectOptions


def load_vad() -> vad.VAD:
    """Silero voice detection from the installed package, quick to hear the end of speech. Takes 0.1 s: prewarm."""
    return silero.VAD.load(min_silence_duration=END_OF_SPEECH_SILENCE_S, min_speech_duration=0.05)


def build_pipeline(
    settings: PipelineSettings,
    *,
    engine_dir: Path,
    offline_llm: Callable[[], LanguageModel],
    vad: vad.VAD | None = None,
    language: str = "en",
    keyterms: Sequence[str] = (),
    http_session: aiohttp.ClientSession | None = None,
) -> Pipeline:
    """Models for one call in `language` (BCP 47). `keyterms` are names the recogniser should expect; `vad` may be
    shared between calls.

    Raises SettingsError when the settings name a provider that is unknown or lacks its key.
    """
    detector, words = vad or load_vad(), OpenWords()

    def members(stage: Stage) -> list[object]:
        rows = choose(stage, settings, language)
        parts = Parts(
            settings, engine_dir, offline_llm, detector, words, language, tuple(keyterms), len(rows) == 1, http_session
        )
        return [row.make(parts) for row in rows]

    recogniser = _stt_chain([model for model in members("stt") if isinstance(model, stt.STT)], detector)
    return Pipeline(
        stt=recogniser,
        llm=_llm_chain([model for model in members("llm") if isinstance(model, llm.LLM)]),
        tts=_tts_chain([model for model in members("tts") if isinstance(model, tts.TTS)]),
        vad=CallerVoice(detector, words),
        words=words,
        turn_handling=turn_handling(words, flushed=recogniser.capabilities.manual_flush),
        conn_options=SessionConnectOptions(
            stt_conn_options=APIConnectOptions(max_retry=3, retry_interval=0.5, timeout=8.0),
            llm_conn_options=APIConnectOptions(max_retry=2, retry_interval=0.5, timeout=10.0),
            tts_conn_options=APIConnectOptions(max_retry=2, retry_interval=0.3, timeout=8.0),
        ),
    )


def turn_handling(words: OpenWords, *, flushed: bool) -> TurnHandlingOptions:
    """When the caller has finished and when the agent yields. `flushed`: the recogniser finalises on demand."""
    return {
        "turn_detection": WordTurnDetector(words),
        "endpointing": {"mode": "fixed", "min_delay": MIN_DELAY_S, "max_delay": MAX_DELAY_S},
        "interruption": {
            "enabled": True,
            "mode": "vad",
            "min_words": NEVER_WORDS,
            "resume_false_interruption": False,  # it would hold an answer for as long as there is any noise
        },
        "preemptive_generation": {
            "enabled": True,
            "preemptive_tts": flushed,  # paid voices wait until the turn is sure
            "max_speech_duration": 20.0,
            "max_retries": 5 if flushed else 3,
        },
    }


def _stt_chain(models: list[SpeechToText], detector: vad.VAD) -> SpeechToText:
    if len(models) == 1:
        return models[0] if models[0].capabilities.streaming else stt.StreamAdapter(stt=models[0], vad=detector)
    return stt.FallbackAdapter(
        models, vad=detector, attempt_timeout=ATTEMPT_TIMEOUT_S, max_retry_per_stt=0, retry_interval=2.0
    )


def _llm_chain(models: list[LanguageModel]) -> LanguageModel:
    return models[0] if len(models) == 1 else llm.FallbackAdapter(models, attempt_timeout=ATTEMPT_TIMEOUT_S)


def _tts_chain(models: list[TextToSpeech]) -> TextToSpeech:
    return models[0] if len(models) == 1 else tts.FallbackAdapter(models, max_retry_per_tts=0)
