"""The worker's server object. Light on purpose: this process holds no call, so it imports nothing that a call needs.

What runs in a call process is named here and imported there, where the fork server has already loaded it.
"""

from __future__ import annotations

from livekit.agents import AgentServer, JobContext, JobProcess

from agent.forkserver import PRELOAD
from agent.settings import WorkerSettings
from store.rooms import AGENT_NAME


def build_server(settings: WorkerSettings) -> AgentServer:
    """The server of this machine: takes ``max_calls`` calls, loaded by their number and not by the CPU of a moment."""
    server = AgentServer(
        ws_url=settings.livekit_url,
        api_key=settings.livekit_api_key,
        api_secret=settings.livekit_api_secret,
        setup_fnc=prewarm,
        load_fnc=lambda worker: len(worker.active_jobs) / settings.max_calls,
        load_threshold=0.999,
        num_idle_processes=2,
        initialize_process_timeout=60.0,
        drain_timeout=settings.drain_s,
        session_end_timeout=20.0,
        host="127.0.0.1",
        port=0,
        preload_modules=list(PRELOAD),
    )
    server.rtc_session(entrypoint, agent_name=AGENT_NAME)
    return server


def prewarm(process: JobProcess) -> None:
    """Runs in every idle process before it may take a call."""
    from agent.worker import warm_up

    warm_up(process)


async def entrypoint(ctx: JobContext) -> None:
    """Runs in a call process when it got a call."""
    from agent.worker import hold_call

    await hold_call(ctx)
