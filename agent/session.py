"""What a call is held with: its models and turn policy, and the session over them, as its persona wants them.

Nothing is attached here: reactions are behaviours, and ``worker.py`` composes the call.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from livekit.agents import AgentSession

from agent.behaviors import watchdog
from agent.brain import build_offline_llm
from agent.opening import OpenCall
from agent.pipeline.build import Pipeline, build_pipeline
from agent.pipeline.cached_audio import SoundCache
from agent.pipeline.ready_sounds import sounds_of
from agent.pipeline.speakable import speakable, speaking
from agent.pipeline.speakable.sayings import Sayings
from agent.settings import WorkerSettings
from store.log import get_logger

log = get_logger(__name__)
MOST_ERRORS = 100  # of one stage, one after another: until then the caller hears of each, and the call stays


def build_call_pipeline(settings: WorkerSettings, opened: OpenCall | None, loaded: dict[str, Any]) -> Pipeline:
    """Speech in and out, mind and turn policy of one call; ``loaded`` is what the process keeps warm."""
    call = opened.call if opened else None
    pipeline = build_pipeline(
        settings.pipeline,
        engine_dir=settings.engine_dir,
        vad=loaded["vad"],
        language=call.language if call else "en",
        offline_llm=lambda: build_offline_llm(
            clock=settings.clock,
            timezone=call.timezone if call else None,
            embedder=loaded["embedder"],
            persona_name=opened.persona.name if opened else "",
        ),
    )
    if opened is not None:
        pipeline.words.patience = opened.persona.patience
        pipeline.words.patience_by_question = opened.persona.patience_by_question
    return pipeline


def new_session(settings: WorkerSettings, pipeline: Pipeline, opened: OpenCall | None = None) -> AgentSession[None]:
    """What is said goes through ``speaking``: in the call's language, with the persona's pronunciations."""
    language, sayings = _speech_of(opened)
    return AgentSession(
        stt=pipeline.stt,
        llm=pipeline.llm,
        tts=pipeline.tts,
        vad=pipeline.vad,
        turn_handling=pipeline.turn_handling,
        conn_options=replace(pipeline.conn_options, max_unrecoverable_errors=MOST_ERRORS),
        transcription_timeout=watchdog.TRANSCRIPTION_TIMEOUT_S,
        tts_text_transforms=[speaking(language, sayings)],
        user_away_timeout=settings.silence_s,
        aec_warmup_duration=None,  # a caller who talks over the greeting is heard; echo is cancelled by the client
        max_tool_steps=4,
    )


def call_sounds(settings: WorkerSettings, pipeline: Pipeline, opened: OpenCall | None) -> SoundCache:
    """The ready sentences of a call; those with a pronunciation of the persona's own are left to the voice."""
    language, sayings = _speech_of(opened)
    return sounds_of(settings.engine_dir, pipeline.tts, lambda text: speakable(text, language, sayings))


def _speech_of(opened: OpenCall | None) -> tuple[str, dict[str, str]]:
    """The language, and how words of the house are said in it; a list that cannot be used costs no call."""
    if opened is None:
        return "en", {}
    sayings = {row["written"]: row["spoken"] for row in opened.persona.pronunciations}
    try:
        Sayings(sayings)
    except ValueError as error:
        log.error("the persona's pronunciations are not used", persona=opened.persona.slug, reason=str(error))
        sayings = {}
    return opened.call.language, sayings
