"""When every place is taken or promised: the token endpoint refuses, the page says so, and who gets in hears it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import open_page
from tests.e2e.conftest import Join
from tests.e2e.stack import Stack

OpenPage = Callable[[], AbstractContextManager[Page]]


@pytest.fixture
def browser_page(stack: Stack, tmp_path: Path) -> OpenPage:
    return lambda: open_page(stack.url, tmp_path)


@contextmanager
def nothing_free(stack: Stack) -> Generator[None]:
    """Every place is promised to callers who are about to come."""
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO promised_places "
            "SELECT 'test-' || n, now() + interval '1 hour' FROM generate_series(1, 100) AS n"
        )
    try:
        yield
    finally:
        with psycopg.connect(stack.database_url, autocommit=True) as connection:
            connection.execute("DELETE FROM promised_places WHERE room LIKE 'test-%'")


def test_the_page_says_that_all_lines_are_busy_and_works_again_afterwards(
    stack: Stack, browser_page: OpenPage, tmp_path: Path
) -> None:
    with browser_page() as page:
        with nothing_free(stack):
            page.get_by_test_id("talk-button").click()
            expect(page.get_by_text("lines are busy right now. Try again in a minute.")).to_be_visible(timeout=15_000)
            page.screenshot(path=tmp_path / "busy.png")
        page.get_by_test_id("talk-button").click()
        expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "speaking", timeout=45_000)


async def test_who_comes_all_the_same_hears_it_and_is_let_go(stack: Stack, join: Join) -> None:
    with nothing_free(stack):
        caller = await join(stack.bare_token("no-place", dispatch="{}"), greeted=False)
        await caller.wait_for_transcript("lines are busy", by_agent=True)
        await caller.until(lambda: not caller.room.isconnected(), 15.0, "end of the refused call")
    assert stack.rows("SELECT FROM conversations WHERE room_name = 'no-place'") == []
