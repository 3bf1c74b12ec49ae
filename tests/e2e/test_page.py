"""A newcomer's first minutes, in a real browser: Talk, ask the handbook or a file, book, upload a document."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import phrases
from tests.e2e.browser import open_page
from tests.e2e.microphone import SPOKEN_MS, say_until_heard
from tests.e2e.papers import pdf_of
from tests.e2e.speech import Sound
from tests.e2e.stack import TIMEZONE, Stack, eventually

OpenPage = Callable[[], AbstractContextManager[Page]]


@pytest.fixture
def browser_page(stack: Stack, tmp_path: Path) -> OpenPage:
    """``with browser_page() as page``: the product's page."""
    return lambda: open_page(stack.url, tmp_path)


def test_a_newcomer_talks_asks_and_books_in_the_page(
    calendar: Stack, browser_page: OpenPage, say: Callable[[str], Sound], tomorrow: date, tmp_path: Path
) -> None:
    with browser_page() as page:
        page.get_by_test_id("talk-button").click()
        expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "speaking", timeout=45_000)
        say_until_heard(page, say(phrases.BREAKFAST), phrases.HEARD[phrases.BREAKFAST])
        citation = page.get_by_test_id("card-citation").first
        expect(citation).to_contain_text("Breakfast is served", timeout=SPOKEN_MS)
        expect(page.get_by_test_id("caption-agent").nth(1)).to_contain_text("handbook", timeout=SPOKEN_MS)
        page.screenshot(path=tmp_path / "answer.png")
        say_until_heard(page, say(phrases.BOOK), phrases.HEARD[phrases.BOOK])
        expect(page.get_by_test_id("card-confirmation")).to_be_visible(timeout=SPOKEN_MS)
        say_until_heard(page, say(phrases.YES), phrases.HEARD[phrases.YES])
        expect(page.get_by_test_id("card-event")).to_contain_text("Ann", timeout=SPOKEN_MS)
        page.screenshot(path=tmp_path / "booked.png")
        page.get_by_test_id("hangup-button").click()
        expect(page.get_by_test_id("talk-button")).to_be_visible()
    at_three = datetime.combine(tomorrow, time(15), ZoneInfo(TIMEZONE))
    assert [row["starts_at"] for row in calendar.rows("SELECT starts_at FROM events")] == [at_three]


def test_typed_messages_and_the_yes_button_book_in_the_same_call(
    calendar: Stack, browser_page: OpenPage, tmp_path: Path
) -> None:
    with browser_page() as page:
        page.get_by_test_id("talk-button").click()
        expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "listening", timeout=45_000)
        page.get_by_test_id("chat-input").fill("Book a meeting with Anna tomorrow at 3 pm")
        page.get_by_test_id("chat-send").click()
        page.get_by_test_id("confirm-yes").click(timeout=45_000)
        expect(page.get_by_test_id("card-event")).to_be_visible(timeout=45_000)
        page.screenshot(path=tmp_path / "typed.png")
    assert len(calendar.rows("SELECT id FROM events")) == 1


def test_a_file_attached_to_a_typed_question_answers_it_and_stays_with_the_conversation(
    stack: Stack, browser_page: OpenPage, tmp_path: Path
) -> None:
    letter = tmp_path / "booking-letter.pdf"
    letter.write_bytes(pdf_of("Dear guest, we look forward to you.", "Your booking reference is Q7Z41."))
    with browser_page() as page:
        page.get_by_test_id("attach-input").set_input_files(letter)
        row = page.get_by_test_id("tray-file")
        expect(row).to_have_attribute("data-state", "waiting")
        page.get_by_test_id("chat-input").fill("What is my booking reference?")
        page.get_by_test_id("chat-send").click()
        expect(row).to_have_attribute("data-state", "ready", timeout=SPOKEN_MS)
        citation = page.get_by_test_id("card-citation").first
        expect(citation).to_contain_text("Q7Z41", timeout=SPOKEN_MS)
        expect(citation).to_contain_text("Your file")
        expect(citation.get_by_test_id("page-box")).to_be_visible(timeout=SPOKEN_MS)
        expect(page.get_by_test_id("caption-agent").last).to_contain_text(
            "booking letter you sent, page 2", timeout=SPOKEN_MS
        )
        page.screenshot(path=tmp_path / "attached.png")
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=tmp_path / "attached-phone.png")
        page.set_viewport_size({"width": 1280, "height": 860})
        page.get_by_test_id("hangup-button").click()
        page.goto(f"{stack.url}/#/conversations")
        page.get_by_test_id("conversation-row").first.click()
        expect(page.get_by_test_id("message-file")).to_contain_text("booking-letter.pdf")
        expect(page.get_by_test_id("message-source")).to_contain_text("[1]")
        references = page.get_by_test_id("references")
        expect(references.get_by_test_id("reference")).to_contain_text("booking-letter.pdf")
        with page.expect_download() as saved:
            references.get_by_test_id("references-bibtex").click()
        assert "booking-letter.pdf" in saved.value.path().read_text("utf-8")
        page.screenshot(path=tmp_path / "conversation.png")
        page.get_by_test_id("message-source").get_by_role("button").click()
        expect(page.get_by_test_id("attachment-preview").get_by_test_id("page-box")).to_be_visible(timeout=SPOKEN_MS)
        page.screenshot(path=tmp_path / "preview.png")
        page.keyboard.press("Escape")
        page.get_by_test_id("attachment").get_by_role("button", name="Remove booking-letter.pdf").click()
        expect(page.get_by_test_id("attachment")).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_test_id("attachment")).to_have_count(1)
    assert stack.rows("SELECT status FROM attachments WHERE filename = 'booking-letter.pdf'") == [{"status": "ready"}]


def test_a_document_uploaded_in_the_page_is_confirmed_and_found(
    stack: Stack, browser_page: OpenPage, tmp_path: Path
) -> None:
    document = tmp_path / "sauna.md"
    document.write_text("# Sauna rules\n\nThe sauna on the roof is heated every Friday from 6 PM to 10 PM.\n", "utf-8")
    with browser_page() as page:
        page.goto(f"{stack.url}/documents")
        page.get_by_test_id("upload-input").set_input_files(document)
        row = page.get_by_test_id("file-row").filter(has_text="auna")
        row.get_by_test_id("file-confirm").click(timeout=30_000)
        expect(row.get_by_test_id("file-status")).to_have_attribute("data-status", "ready", timeout=30_000)
        page.get_by_test_id("search-input").fill("When is the sauna hot?")
        page.get_by_test_id("search-button").click()
        expect(page.get_by_test_id("search-result").first).to_contain_text("Friday", timeout=45_000)
        page.screenshot(path=tmp_path / "found.png")
    query = "SELECT status FROM documents WHERE filename = 'sauna.md'"
    assert eventually(lambda: stack.rows(query), 5, "document row") == [{"status": "ready"}]


def test_a_persona_is_edited_and_heard_beside_its_editor(stack: Stack, browser_page: OpenPage, tmp_path: Path) -> None:
    with browser_page() as page:
        page.goto(f"{stack.url}/#/personas/receptionist")
        page.get_by_test_id("persona-greeting").fill("Good day, this is the sunny front desk.")
        page.get_by_test_id("persona-save").click()
        expect(page.get_by_test_id("unsaved")).to_have_count(0)
        preview = page.get_by_test_id("preview")
        preview.get_by_test_id("talk-button").click()
        expect(preview.get_by_test_id("caption-agent").first).to_contain_text("sunny front desk", timeout=45_000)
        page.screenshot(path=tmp_path / "preview.png")
        preview.get_by_test_id("hangup-button").click()
        expect(preview.get_by_test_id("talk-button")).to_be_visible()
        page.get_by_test_id("version-row").last.locator("summary").click()
        page.get_by_test_id("version-row").last.get_by_test_id("version-restore").click()
        expect(page.get_by_test_id("persona-greeting")).not_to_have_value("Good day, this is the sunny front desk.")
