"""One running product per test process, callers in its rooms, sound for them, a browser.

The stack is started by the real command; a fresh one costs about ten seconds, so tests share it and clean their rows.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.e2e.browser import People, open_people
from tests.e2e.caller import Caller
from tests.e2e.phrases import EVERYTHING
from tests.e2e.site import Site
from tests.e2e.speech import Sound, SpeechStudio
from tests.e2e.stack import TIMEZONE, Stack

NEEDS_PAGE = "browser_page"
LOG_LINES = 30
Join = Callable[..., Awaitable[Caller]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what the programs logged while it ran."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        for name in ("worker", "sidecar"):
            told = [line for line in stack.log(name).splitlines() if '"level": "info"' not in line]
            report.sections.append((f"end of {name}.log, without its info lines", "\n".join(told[-LOG_LINES:])))
    return report


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A short path (sockets live in it) that every user may pass through (Postgres does not run as root)."""
    folder = Path(tempfile.mkdtemp(prefix="vl-e2e-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def studio(scratch: Path) -> SpeechStudio:
    made = SpeechStudio(scratch / "speech")
    made.prepare(list(EVERYTHING))
    return made


@pytest.fixture
def say(studio: SpeechStudio) -> Callable[[str], Sound]:
    """A sentence as the caller's voice says it."""
    return studio.speak


@pytest.fixture(scope="session")
def stack(scratch: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """VoiceLoop itself; the page is built only when a test of this run opens it."""
    page = any(NEEDS_PAGE in getattr(item, "fixturenames", ()) for item in request.session.items)
    with Stack(scratch, page=page, environment={"VOICELOOP_SILENCE_S": "8"}) as started:
        yield started


@pytest.fixture
def calendar(stack: Stack) -> Stack:
    """The stack with an empty calendar."""
    stack.clear_calendar()
    return stack


@pytest.fixture
async def join(stack: Stack) -> AsyncIterator[Join]:
    """``await join()``: a caller in a new room, greeted; ``greeted=False`` returns at once. All hang up at the end."""
    async with AsyncExitStack() as calls:

        async def enter(token: tuple[str, str] | None = None, *, greeted: bool = True, **wanted: str) -> Caller:
            url, jwt = token or await asyncio.to_thread(stack.token, **wanted)
            caller = await calls.enter_async_context(Caller(url, jwt))
            if greeted:
                await caller.wait_until_listening(within_s=60)
            return caller

        yield enter


@pytest.fixture
def people(site: Site, tmp_path: Path) -> Iterator[People]:
    """Browsers of several people, for tests whose module has a ``site``. Whoever arrives at `/` there is the owner."""
    with open_people(site.url, tmp_path) as opened:
        yield opened


@pytest.fixture
def tomorrow() -> date:
    """Tomorrow where the product is."""
    return (datetime.now(ZoneInfo(TIMEZONE)) + timedelta(days=1)).date()
