"""The speech engines this machine needs for the providers that are configured; none when all speech is in the cloud."""

from __future__ import annotations

from agent.pipeline.engines.supervisor import ENGINE_MODULES, EngineSupervisor
from agent.pipeline.providers import choose
from agent.settings import WorkerSettings


def supervise_engines(settings: WorkerSettings) -> EngineSupervisor:
    """Not started yet: enter it. Raises SettingsError when a provider cannot be served."""
    chosen = {row.name for stage in ("stt", "tts") for row in choose(stage, settings.pipeline)}
    return EngineSupervisor(settings.engine_dir, tuple(name for name in ENGINE_MODULES if name in chosen))
