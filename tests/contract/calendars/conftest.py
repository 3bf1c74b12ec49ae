"""Every backend with a server of its own beside it; nobody really waits for a busy one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import Any

import pytest

from tests.contract.calendars.contender import Contender
from tools.calendars.outside import requests

NAMES = ("caldav", "google", "graph", "local")


class _Impatient:
    """asyncio as ``requests`` sees it: a pause is written down instead of waited for."""

    def __init__(self, waits: list[float]) -> None:
        self._waits = waits

    async def sleep(self, seconds: float) -> None:
        self._waits.append(seconds)
        await asyncio.sleep(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses (seconds) that backends made between two tries."""
    made: list[float] = []
    monkeypatch.setattr(requests, "asyncio", _Impatient(made))
    return made


@pytest.fixture(scope="session")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real CalDAV server, one for all tests of a process."""
    from tests.contract.calendars.caldav import running_radicale

    with running_radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture(params=NAMES)
def entrance(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Contender]:
    module = import_module(f"tests.contract.calendars.{request.param}")
    fixtures = {name: request.getfixturevalue(name) for name in getattr(module, "NEEDS", ())}
    return getattr(module, f"{request.param}_contender")(**fixtures)


@pytest.fixture
async def contender(entrance: AbstractAsyncContextManager[Contender], waits: list[float]) -> AsyncIterator[Contender]:
    async with entrance as made:
        yield made
