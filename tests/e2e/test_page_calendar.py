"""What the page tells of the calendar in a real browser: notices as they come, double bookings, taken times, keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import People
from tests.e2e.site import Site, own_database

MONDAY = (lambda today: today + timedelta(days=14 - today.weekday()))(
    datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
)


@pytest.fixture(scope="module")
def site(postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), own_database(postgres_url, template_database)) as started:
        yield started


def book(site: Site, summary: str, start: datetime, minutes: int = 30) -> None:
    body = {"summary": summary, "start": start.isoformat(), "duration_min": minutes, "timezone": "UTC"}
    answer = site.request("POST", "/api/calendar/events", body)
    assert answer.status == 201, answer


def calendar_file(folder: Path, *events: tuple[str, datetime, datetime]) -> Path:
    """A file with events that nobody asks whether they clash."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for summary, start, end in events:
        lines += ["BEGIN:VEVENT", f"UID:{summary}@test", "DTSTAMP:20260101T000000Z", f"SUMMARY:{summary}"]
        lines += [f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}", "END:VEVENT"]
    path = folder / "events.ics"
    path.write_text("\r\n".join([*lines, "END:VCALENDAR", ""]), encoding="utf-8")
    return path


def week(page: Page, monday: datetime) -> None:
    page.goto(page.url.split("#")[0] + f"#/calendar?view=week&date={monday:%Y-%m-%d}")


def test_a_word_before_an_event_comes_into_the_page_and_marks_the_event(
    people: People, site: Site, tmp_path: Path
) -> None:
    page = people.arrive("/#/calendar?view=agenda")
    page.get_by_test_id("notices").click()
    page.get_by_test_id("notices-heads-up").select_option("60")
    page.get_by_test_id("notices-briefing").check()
    page.get_by_test_id("notices-quiet").check()
    page.get_by_test_id("notices-quiet_to").fill("20:00")
    page.get_by_test_id("notices-submit").click()
    expect(page.get_by_role("alert")).to_contain_text("Quiet hours must end at another time")
    page.get_by_test_id("notices-quiet").uncheck()
    page.screenshot(path=tmp_path / "settings.png")
    page.get_by_test_id("notices-submit").click()
    expect(page.get_by_test_id("notices-dialog")).to_have_count(0)
    kept = site.request("GET", "/api/calendar/notices/settings")
    assert kept.status == 200

    elsewhere = people.second_tab(page, "/#/documents")
    expect(elsewhere.get_by_role("heading", name="Documents", level=1)).to_be_visible()
    with elsewhere.expect_response("**/api/events"):  # what is told from here on, it hears
        elsewhere.reload()
    book(site, "Rehearsal", datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=30))
    for told in (page, elsewhere):
        expect(told.get_by_test_id("notice-toast")).to_contain_text("Rehearsal")
    expect(page.get_by_test_id("calendar-event").filter(has_text="You were told")).to_have_count(1)
    page.screenshot(path=tmp_path / "told.png")
    elsewhere.get_by_test_id("notice-toast").get_by_role("link", name="Show").click()
    expect(elsewhere.get_by_test_id("calendar-agenda")).to_contain_text("Rehearsal")
    expect(elsewhere.get_by_test_id("notice-toast")).to_have_count(0)
    page.get_by_role("button", name="Dismiss: ").click()
    expect(page.get_by_test_id("notice-toast")).to_have_count(0)
    page.get_by_test_id("notices").click()
    expect(page.get_by_test_id("notice-row")).to_contain_text("Rehearsal")


def test_a_briefing_is_read_for_any_day(people: People, site: Site) -> None:
    book(site, "Harbour tour", datetime.now(UTC).replace(hour=10, minute=0) + timedelta(days=1))
    page = people.arrive("/#/calendar")
    page.get_by_test_id("briefing").click()
    expect(page.get_by_test_id("briefing-spoken")).not_to_be_empty()
    page.get_by_role("button", name="Day after").click()
    expect(page.get_by_test_id("briefing-spoken")).to_contain_text("Harbour tour")


def test_events_at_the_same_time_are_marked_in_week_agenda_and_window(people: People, tmp_path: Path) -> None:
    nine = MONDAY + timedelta(hours=9)
    file = calendar_file(
        tmp_path,
        ("Board", nine, nine + timedelta(hours=2)),
        ("Dentist", nine + timedelta(hours=1), nine + timedelta(hours=3)),
    )
    page = people.arrive("/#/calendar")
    week(page, MONDAY)
    page.get_by_test_id("calendar-import").click()
    page.get_by_test_id("import-file").set_input_files(file)
    page.get_by_test_id("import-submit").click()
    expect(page.get_by_test_id("import-done")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("calendar-clashes")).to_contain_text("Monday: Board, double-booked with Dentist")
    board = page.get_by_role("button", name="Board, Monday 9 AM to 11 AM, Double-booked with Dentist")
    expect(board).to_be_visible()
    page.screenshot(path=tmp_path / "marked.png")
    page.get_by_test_id("calendar-view-agenda").click()
    expect(page.get_by_test_id("calendar-event").filter(has_text="Double-booked with Board")).to_contain_text("Dentist")
    page.get_by_test_id("calendar-event").filter(has_text="Double-booked with Board").click()
    expect(page.get_by_test_id("event-dialog")).to_contain_text("Double-booked with Board")


def test_an_event_is_moved_with_keys_and_other_times_are_offered_where_one_is_taken(
    people: People, site: Site, tmp_path: Path
) -> None:
    tuesday = MONDAY + timedelta(days=8)
    book(site, "Choir", tuesday + timedelta(hours=9), 60)
    book(site, "Tea", tuesday + timedelta(hours=10), 60)
    page = people.arrive("/#/calendar")
    week(page, tuesday)
    tea = page.locator('[data-testid="calendar-event"][aria-label^="Tea"]')
    tea.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("status").filter(has_text="Enter puts it there")).to_contain_text("10:15 AM to 11:15 AM")
    page.screenshot(path=tmp_path / "keys.png")
    page.keyboard.press("Enter")
    expect(tea).to_have_attribute("aria-label", "Tea, Wednesday 10:15 AM to 11:15 AM")
    expect(tea).to_be_focused()
    expect(page.get_by_test_id("toast")).to_contain_text("Tea is now on Wed")

    page.keyboard.press("Control+z")
    expect(tea).to_have_attribute("aria-label", "Tea, Tuesday 10 AM to 11 AM")
    tea.focus()
    for _ in range(2):
        page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    refusal = page.get_by_test_id("move-dialog").get_by_test_id("calendar-refusal")
    expect(refusal).to_contain_text("In the way: Choir")
    page.screenshot(path=tmp_path / "refused.png")
    refusal.get_by_test_id("calendar-alternative").first.click()
    expect(page.get_by_test_id("toast")).to_contain_text("Tea is now on")
    expect(page.get_by_test_id("move-dialog")).to_have_count(0)


def test_a_known_event_becomes_a_whole_day_that_leaves_one_free_and_comes_back(people: People, site: Site) -> None:
    day = MONDAY + timedelta(days=16)
    book(site, "Painters", day + timedelta(hours=9), 60)
    page = people.arrive("/#/calendar")
    week(page, day)
    event = page.locator('[data-testid="calendar-event"][aria-label^="Painters"]')
    event.click()
    page.get_by_test_id("event-all-day").check()
    page.get_by_test_id("event-busy").select_option("free")
    page.get_by_test_id("event-submit").click()
    expect(event).to_have_attribute("aria-label", "Painters, all day")
    event.click()
    expect(page.get_by_test_id("event-all-day")).to_be_checked()
    expect(page.get_by_test_id("event-busy")).to_have_value("free")
    page.get_by_test_id("event-remove").click()
    expect(event).to_have_count(0)
    page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(event).to_have_attribute("aria-label", "Painters, all day")
