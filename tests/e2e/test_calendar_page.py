"""The page Calendar in a real browser: a weekly event made with the form, one of it dragged elsewhere, taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect
from psycopg.rows import dict_row

from tests.e2e.browser import People
from tests.e2e.site import Site, own_database
from tests.e2e.stack import eventually

Rows = Callable[[str], list[dict[str, Any]]]
STARTS = "SELECT starts_at FROM event_occurrences ORDER BY starts_at"
HOURS_SHOWN = 11  # of a week in which nothing is early or late: from eight to seven


@pytest.fixture(scope="module")
def database_url(postgres_url: str, template_database: str) -> str:
    return own_database(postgres_url, template_database)


@pytest.fixture(scope="module")
def site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), database_url) as started:
        yield started


@pytest.fixture
def rows(database_url: str) -> Iterator[Rows]:
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        yield lambda query: connection.execute(query.encode()).fetchall()


def drag(page: Page, event: Locator, *, days: int, hours: float) -> None:
    """Takes an event in its upper half and drops it so many days and hours later in the week."""
    grid, box = page.get_by_test_id("calendar-days").bounding_box(), event.bounding_box()
    assert grid is not None
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 5)
    page.mouse.move(x + days * grid["width"] / 7, y + hours * grid["height"] / HOURS_SHOWN, steps=4)
    page.mouse.up()


def test_a_weekly_event_is_booked_one_of_it_dragged_and_brought_back(
    people: People, rows: Rows, tmp_path: Path
) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today + timedelta(days=7 - today.weekday())
    booked = [monday + timedelta(days=7 * week, hours=9) for week in range(3)]
    moved = [monday + timedelta(days=2, hours=11), *booked[1:]]

    def starts() -> list[datetime]:
        return [row["starts_at"] for row in rows(STARTS)]

    page = people.arrive(f"/#/calendar?view=week&date={monday:%Y-%m-%d}")
    page.get_by_test_id("event-new").click()
    page.get_by_test_id("event-title").fill("Choir")
    page.get_by_test_id("repeat-frequency").select_option("weekly")
    page.get_by_test_id("repeat-end").select_option("after")
    page.get_by_test_id("repeat-count").fill("3")
    page.get_by_test_id("event-submit").click()
    expect(page.get_by_test_id("toast")).to_contain_text("Choir is booked, every Monday")
    assert starts() == booked

    event = page.get_by_test_id("calendar-event")
    expect(event).to_have_count(1)
    drag(page, event, days=2, hours=2)
    page.get_by_test_id("event-scope").select_option("this")
    page.screenshot(path=tmp_path / "asked.png")
    page.get_by_test_id("move-submit").click()
    expect(page.get_by_test_id("toast")).to_contain_text("Choir is now on Wed")
    expect(event).to_have_attribute("aria-label", "Choir, Wednesday 11 AM to 11:30 AM")
    assert starts() == moved
    page.screenshot(path=tmp_path / "moved.png")

    page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(page.get_by_test_id("toast")).to_contain_text("Undone")
    expect(event).to_have_attribute("aria-label", "Choir, Monday 9 AM to 9:30 AM")
    assert eventually(lambda: starts() == booked, 5, "the event back at its time")


def test_a_taken_time_names_what_is_in_the_way_and_a_click_takes_a_free_one(people: People, site: Site) -> None:
    day = datetime.now(UTC).date() + timedelta(days=30)
    page = people.arrive(f"/#/calendar?view=agenda&date={day}")
    for title in ("Dentist", "Tea with Tom"):
        page.get_by_test_id("event-new").click()
        page.get_by_test_id("event-title").fill(title)
        page.get_by_test_id("event-submit").click()
        if title == "Dentist":
            expect(page.get_by_test_id("calendar-event")).to_have_count(1)
    refusal = page.get_by_test_id("calendar-refusal")
    expect(refusal).to_contain_text("In the way: Dentist")
    refusal.get_by_test_id("calendar-alternative").first.click()
    expect(page.get_by_test_id("calendar-event")).to_have_count(2)
    expect(page.get_by_test_id("toast")).to_contain_text("Tea with Tom is booked")
