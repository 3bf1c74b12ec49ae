"""What the worker reads from the environment, once, at its start. A wrong value stops it and says which."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.pipeline.settings import PipelineSettings
from agent.turns.plugged import DetectorFactory, detector_factory
from store import capacity
from store.clock import Clock, clock_from_environment
from store.errors import SettingsError
from store.grants import UNSIGNED
from store.seal import Keyring
from tools.calendars.accounts.apps import problem_of_allowed
from tools.knowledge.remote_embedding import Server
from tools.outside.addresses import Guard


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """``silence_s``: seconds without a word before a caller is asked; ``max_calls``: calls taken at once, fewer while
    ``strain_guard`` finds the machine overloaded.
    ``new_interruption_detector``: who decides in a call whether the caller wants the floor.

    ``unsigned_dispatch``: what dispatch metadata without our signature may name (``store.grants.UNSIGNED``).
    """

    database_url: str = field(repr=False)
    livekit_url: str
    livekit_api_key: str
    livekit_api_secret: str = field(repr=False)
    keyring: Keyring = field(repr=False)
    tenant: str
    unsigned_dispatch: str
    timezone: str
    engine_dir: Path
    silence_s: float
    new_interruption_detector: DetectorFactory
    max_calls: int
    strain_guard: bool
    drain_s: int
    answer_cache_s: float
    embeddings: str
    embedding_server: Server = field(repr=False)
    mcp_guard: Guard
    pipeline: PipelineSettings
    clock: Clock

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> WorkerSettings:
        """Raises SettingsError naming the first variable that is missing or wrong."""
        return cls(
            database_url=_required(environment, "DATABASE_URL"),
            livekit_url=environment.get("LIVEKIT_URL", ""),
            livekit_api_key=environment.get("LIVEKIT_API_KEY", ""),
            livekit_api_secret=environment.get("LIVEKIT_API_SECRET", ""),
            keyring=Keyring.from_text(_required(environment, "VOICELOOP_SECRET_KEY")),
            tenant=environment.get("VOICELOOP_TENANT", "demo"),
            unsigned_dispatch=_choice(environment, "VOICELOOP_UNSIGNED_DISPATCH", UNSIGNED),
            timezone=_timezone(environment.get("VOICELOOP_TIMEZONE", "")),
            engine_dir=Path(environment.get("VOICELOOP_ENGINE_DIR") or _default_engine_dir()),
            silence_s=_number(environment, "VOICELOOP_SILENCE_S", default=15.0, low=2.0, high=600.0),
            new_interruption_detector=_detector(environment.get("VOICELOOP_INTERRUPTION", "").strip()),
            max_calls=_max_calls(environment),
            strain_guard=_choice(environment, "VOICELOOP_STRAIN_GUARD", ("on", "off")) == "on",
            drain_s=int(_number(environment, "VOICELOOP_DRAIN_S", default=1800, low=0, high=86_400)),
            answer_cache_s=_number(environment, "VOICELOOP_ANSWER_CACHE_S", default=3600.0, low=0, high=2_592_000),
            embeddings=environment.get("VOICELOOP_EMBEDDINGS", ""),
            embedding_server=Server(environment.get("OPENAI_API_KEY", ""), environment.get("OPENAI_BASE_URL", "")),
            mcp_guard=_guard(environment.get("VOICELOOP_MCP_ALLOW", "")),
            pipeline=PipelineSettings.from_environment(environment),
            clock=clock_from_environment(environment),
        )

    def require_livekit(self) -> None:
        """Raise SettingsError unless the three LiveKit values are there (console mode does without them)."""
        for name, value in (
            ("LIVEKIT_URL", self.livekit_url),
            ("LIVEKIT_API_KEY", self.livekit_api_key),
            ("LIVEKIT_API_SECRET", self.livekit_api_secret),
        ):
            if not value:
                raise SettingsError(
                    f"{name} is not set. `voiceloop up` sets it; elsewhere copy it from your LiveKit server."
                )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set. `voiceloop up` sets it; see .env.example for the others.")
    return value


def _number(environment: Mapping[str, str], name: str, *, default: float, low: float, high: float) -> float:
    text = environment.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError as error:
        raise SettingsError(f"{name} must be a number, not {text!r}.") from error
    if not low <= value <= high:
        raise SettingsError(f"{name} must lie between {low:g} and {high:g}, not {text}.")
    return value


def _max_calls(environment: Mapping[str, str]) -> int:
    """The number that is set; "auto" or nothing: what `voiceloop doctor` measured here, else by cores and memory."""
    if environment.get("VOICELOOP_MAX_CALLS", "").strip() not in {"", "auto"}:
        return int(_number(environment, "VOICELOOP_MAX_CALLS", default=1, low=1, high=capacity.MOST))
    home = environment.get("VOICELOOP_HOME", "").strip()
    return capacity.calls_of_this_machine(Path(home).expanduser() if home else None)


def _choice(environment: Mapping[str, str], name: str, choices: Sequence[str]) -> str:
    """One of ``choices``; empty means the first."""
    value = environment.get(name, "").strip() or choices[0]
    if value not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def _detector(name: str) -> DetectorFactory:
    """Loaded at the start, so that a wrong name stops the worker and no call."""
    try:
        return detector_factory(name)
    except ValueError as error:
        raise SettingsError(f"VOICELOOP_INTERRUPTION {error}.") from error


def _guard(text: str) -> Guard:
    """Which servers of tools a call may connect to."""
    places = tuple(part.strip() for part in text.split(",") if part.strip())
    if problem := problem_of_allowed(places):
        raise SettingsError(f"VOICELOOP_MCP_ALLOW {problem}.")
    return Guard(places, "server of tools", "VOICELOOP_MCP_ALLOW")


def _timezone(name: str) -> str:
    if not name:
        return ""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"VOICELOOP_TIMEZONE must be an IANA zone such as Europe/Berlin, not {name!r}.") from error
    return name


def _default_engine_dir() -> str:
    return str(Path(tempfile.gettempdir()) / f"voiceloop-engines-{os.getuid()}")
