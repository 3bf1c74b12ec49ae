"""The worker's server object. Light on purpose: this process holds no call, so it imports nothing that a call needs.

What runs in a call process is named here and imported there, where the fork server has already loaded it.
"""

from __future__ import annotations

from functools import partial

from livekit.agents import AgentServer, JobContext, JobProcess, JobRequest

from agent.forkserver import PRELOAD
from agent.lines import Lines
from agent.settings import WorkerSettings
from store.log import get_logger
from store.rooms import AGENT_NAME

log = get_logger(__name__)


def build_server(settings: WorkerSettings, lines: Lines, worker_id: str) -> AgentServer:
    """The server of this machine, loaded by the number of its calls and not by the CPU of a moment.

    ``worker_id``: under which its calls are counted; LiveKit's own changes with every connection.
    """
    server = AgentServer(
        ws_url=settings.livekit_url,
        api_key=settings.livekit_api_key,
        api_secret=settings.livekit_api_secret,
        setup_fnc=partial(prewarm, worker_id=worker_id),
        load_fnc=lambda worker: lines.load(len(worker.active_jobs)),
        load_threshold=0.999,
        num_idle_processes=2,
        initialize_process_timeout=60.0,
        drain_timeout=settings.drain_s,
        session_end_timeout=20.0,
        host="127.0.0.1",
        port=0,
        preload_modules=list(PRELOAD),
    )

    async def answer(request: JobRequest) -> None:
        if lines.gives_way(len(server.active_jobs)):
            log.info("the call is left to another worker", room=request.room.name)
            await request.reject(terminate=False)  # LiveKit asks the next one; terminated, nobody would come
        else:
            await request.accept()

    server.rtc_session(entrypoint, agent_name=AGENT_NAME, on_request=answer)
    return server


def prewarm(process: JobProcess, *, worker_id: str) -> None:
    """Runs in every idle process before it may take a call."""
    from agent.worker import warm_up

    process.userdata["worker_id"] = worker_id
    warm_up(process)


async def entrypoint(ctx: JobContext) -> None:
    """Runs in a call process when it got a call."""
    from agent.worker import hold_call

    await hold_call(ctx)
