"""Name -> toolset. A persona lists names; a call gets the tools built for it. To add a domain: one row.

The names and what people read about them are in ``catalogue.py``, which needs no LiveKit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from livekit.agents.llm import Toolset

from store.errors import SettingsError
from tools.calendars.toolset import CalendarToolset
from tools.call import CallContext
from tools.capture.toolset import CaptureToolset
from tools.knowledge.toolset import KnowledgeToolset

TOOLSETS: dict[str, Callable[[CallContext], Toolset]] = {
    "calendar": CalendarToolset,
    "knowledge": KnowledgeToolset,
    "capture": CaptureToolset,
}


def build_toolsets(names: Sequence[str], call: CallContext) -> list[Toolset]:
    """The toolsets a persona names, each once, in its order. Raises SettingsError for a name nobody has."""
    unknown = sorted(set(names) - TOOLSETS.keys())
    if unknown:
        raise SettingsError(
            f"There is no toolset called {', '.join(unknown)}; a persona may name {', '.join(sorted(TOOLSETS))}.",
            code="unknown_toolset",
        )
    return [TOOLSETS[name](call) for name in dict.fromkeys(names)]
