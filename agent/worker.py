"""One call of the LiveKit worker: what is loaded before it, and its composition root. The server object: ``server.py``.

Builds, attaches, closes, nothing else. A reaction belongs into ``behaviors/``, a capability into ``tools/``.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from livekit.agents import AgentSession, CloseEvent, JobContext, JobProcess
from livekit.agents.voice.room_io import AudioInputOptions, RoomOptions, TextInputOptions, TextOutputOptions

from agent import errors
from agent.assistant import Apology, Assistant
from agent.behaviors import (
    ahead,
    asked,
    call_limit,
    captures,
    confirmation,
    conversation_mark,
    failures,
    floor,
    heard,
    job_end,
    lifesign,
    outside_tools,
    prefetch,
    silence,
    watchdog,
    words,
)
from agent.behaviors.goodbye import GoodbyeToolset
from agent.behaviors.transcript import Transcript
from agent.behaviors.typed import answering
from agent.brain import understand
from agent.dispatch import Dispatch, read_dispatch
from agent.instructions import build_instructions
from agent.opening import OpenCall, open_call
from agent.pipeline.build import load_vad
from agent.pipeline.engines.client import wait_for_engines
from agent.pipeline.providers import engines_for
from agent.pipeline.ready_sounds import make_local_sounds, make_more_sounds
from agent.pipeline.utterance import SAMPLE_RATE
from agent.session import build_call_pipeline, call_sounds, new_session
from agent.settings import WorkerSettings
from agent.understanding import understanding_of
from store import conversations
from store.errors import NotAllowed, NotFound, SettingsError, TooMany, Unavailable
from store.log import configure_forwarded, get_logger
from tools.knowledge.embedding import Embedder, MiniLM

log = get_logger(__name__)
PIECE_MS = 30  # of sound: about a window of voice detection (32 ms); gain control takes tens only


def warm_up(process: JobProcess) -> None:
    """Before any call in this process: settings read, voice detection and mind loaded and run once, engines there.

    The worker registers with LiveKit only after this, so no call meets anything cold.
    """
    configure_forwarded()
    settings = WorkerSettings.from_environment(os.environ)
    process.userdata["settings"] = settings
    process.userdata["vad"] = load_vad()
    embedder = MiniLM()
    understand("Warm up, please.", now=datetime.now(UTC), embedder=embedder)
    process.userdata["embedder"] = embedder
    wait_for_engines(settings.engine_dir, engines_for(settings.pipeline), timeout_s=50.0)
    make_local_sounds(settings.engine_dir, settings.pipeline, errors.READY_SENTENCES)


async def hold_call(ctx: JobContext) -> None:
    """One call, from the dispatch to the session; what is opened here closes when the job shuts down."""
    settings: WorkerSettings = ctx.proc.userdata["settings"]
    stack = AsyncExitStack()
    ctx.add_shutdown_callback(stack.aclose)
    opened, refusal = await open_or_refuse(ctx, settings, stack)
    ctx.log_context_fields = {"conversation_id": str(opened.call.conversation_id) if opened else "none"}
    pipeline = build_call_pipeline(settings, opened, ctx.proc.userdata)
    session = new_session(settings, pipeline, opened)
    job_end.attach(session, ctx)
    sounds = call_sounds(settings, pipeline, opened)
    guard = watchdog.attach(session, sounds)
    if opened is None:
        await session.start(Apology(refusal, guard), room=ctx.room)
        return
    talk = floor.attach(session, settings.new_interruption_detector(), guard.is_filler, guard.forget_words)
    asked.attach(session, pipeline.words, lambda: talk.spoken.text, opened.call.captures)
    assistant = compose(session, opened, settings, ctx.proc.userdata["embedder"], guard)
    await session.start(
        assistant,
        room=ctx.room,
        room_options=RoomOptions(
            # what everything that listens wants: no resampling, and in pieces of about a window of voice detection
            audio_input=AudioInputOptions(sample_rate=SAMPLE_RATE, frame_size_ms=PIECE_MS),
            text_input=TextInputOptions(text_input_cb=answering(guard)),
            text_output=TextOutputOptions(next_in_chain=talk.spoken),
        ),
    )
    failures.attach_line(session, ctx.room, guard)
    make_more_sounds(stack, sounds, pipeline.tts, (assistant.greeting, *errors.READY_SENTENCES))
    opened.cards.attach(ctx.room)
    conversation_mark.attach(stack, opened.call, ctx.room)
    lifesign.attach(stack, opened.call, opened.database, opened.recorder)
    call_limit.attach(stack, session, opened.persona, guard)
    outside_tools.attach(stack, assistant, pipeline.llm, opened, settings)
    confirmation.attach(session, opened.call, ctx.room)
    captures.attach(session, opened.call, ctx.room)


async def open_or_refuse(
    ctx: JobContext, settings: WorkerSettings, stack: AsyncExitStack
) -> tuple[OpenCall | None, str]:
    """The call, or None and what its caller hears instead."""
    room = ctx.job.room.name
    try:
        if ctx.is_fake_job():  # the console: who types there has the database and the secrets
            dispatch = Dispatch(settings.tenant, ctx.proc.userdata.get("persona", ""))
        else:
            dispatch = read_dispatch(
                ctx.job.metadata,
                keyring=settings.keyring,
                room=room,
                now=settings.clock.now(),
                default_tenant=settings.tenant,
                unsigned=settings.unsigned_dispatch,
            )
        embedder = ctx.proc.userdata["embedder"]
        channel, worker_id = ("console", "") if ctx.is_fake_job() else ("web", ctx.proc.userdata["worker_id"])
        call = await open_call(
            settings, dispatch, embedder, stack, room_name=room, channel=channel, worker_id=worker_id
        )
        return call, ""
    except (NotAllowed, NotFound, TooMany) as error:
        log.warning("the call was refused", room=room, code=error.code, reason=error.message)
        return None, errors.sentence_of(error)
    except (Unavailable, SettingsError) as error:
        log.error("the call could not be opened", room=room, code=error.code, reason=error.message)
        return None, errors.sentence_of(error)
    except Exception:  # the root of a call: whatever is wrong with it, its caller hears a sentence
        log.exception("the call could not be opened", room=room)
        return None, errors.NO_RECORDS


def compose(
    session: AgentSession[None],
    opened: OpenCall,
    settings: WorkerSettings,
    embedder: Embedder,
    guard: watchdog.Watchdog | None = None,
) -> Assistant:
    """Attach every behaviour and return the persona's Agent; ``guard`` when the session has one already."""
    call, guard = opened.call, guard or watchdog.attach(session)
    read = understanding_of(settings.clock, call.timezone, embedder)
    transcript = Transcript(call, opened.database, opened.recorder, read, heard.attach(session, guard).figures)
    transcript.attach(session)
    opened.cards.listen(lambda topic, data: transcript.note_citations(data.get("citations", [])))
    words.attach(session, call)
    confirmation.attach_spoken_no(session, call, read)
    prefetch.attach(session, call)
    failures.attach(session, guard)
    silence.attach(session, guard)
    session.on("close", lambda event: _record_end(event, opened, settings, transcript))
    return Assistant(
        instructions=build_instructions(opened.persona, clock=settings.clock, timezone=call.timezone),
        tools=[*opened.toolsets, GoodbyeToolset(call.words)],
        greeting=errors.BACK_AGAIN if opened.is_resumed else opened.persona.greeting,
        watchdog=guard,
        early=ahead.attach(session, call.ahead),
    )


def _record_end(event: CloseEvent, opened: OpenCall, settings: WorkerSettings, transcript: Transcript) -> None:
    at = settings.clock.now()
    status = "failed" if event.error else "ended"
    opened.recorder.put(
        lambda: conversations.end(
            opened.database,
            opened.call.identity,
            opened.call.conversation_id,
            at=at,
            status=status,
            reason=event.reason.value,
            error_count=transcript.error_count,
        )
    )
