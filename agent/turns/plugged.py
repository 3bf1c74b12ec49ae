"""Somebody else's InterruptionDetector: found by its name, and kept from doing harm to a call.

``VOICELOOP_INTERRUPTION="package.module:factory"``; the factory is called without arguments, once a call.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from agent.turns.interruption import VERDICTS, InterruptionDetector, Overlap, Verdict, WordsAndSound
from store.log import get_logger

log = get_logger(__name__)
DetectorFactory = Callable[[], InterruptionDetector]


def detector_factory(name: str) -> DetectorFactory:
    """What ``name`` ("package.module:factory") stands for; the built-in detector for an empty one.

    Raises ValueError, saying what is wrong: of another form, no such module, nothing of that name, not callable.
    """
    if not name:
        return WordsAndSound
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise ValueError(f"must look like package.module:factory, not {name!r}")
    try:
        factory: Any = getattr(import_module(module), attribute)
    except Exception as error:  # somebody else's module: whatever it does when it is loaded, the name is to blame
        raise ValueError(f"cannot be loaded: {error}") from error
    if not callable(factory):
        raise ValueError(f"must name a class or a function; {name!r} is neither")
    return lambda: Guarded(cast("DetectorFactory", factory))


class Guarded:
    """Asks what ``factory`` makes until it fails for the first time; from then on this call has the built-in one."""

    def __init__(self, factory: DetectorFactory) -> None:
        self._built_in = WordsAndSound()
        self._other: InterruptionDetector | None = None
        try:
            self._other = factory()
        except Exception as error:  # noqa: BLE001  # not our code, and a caller is waiting
            self._give_up(error)

    def decide(self, overlap: Overlap) -> Verdict:
        if self._other is not None:
            try:
                verdict = self._other.decide(overlap)
                if verdict in VERDICTS:
                    return verdict
                self._give_up(ValueError(f"{verdict!r} is no verdict"))
            except Exception as error:  # noqa: BLE001
                self._give_up(error)
        return self._built_in.decide(overlap)

    def _give_up(self, error: Exception) -> None:
        self._other = None
        log.error("the interruption detector failed; the built-in one takes over for this call", exc_info=error)
