"""Careful capture in a real browser: the card to type a value into, and how a persona speaks and waits."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.browser import open_page
from tests.e2e.stack import Stack

ANSWER_MS = 45_000


def test_an_address_is_typed_into_the_card_and_invited(calendar: Stack, tmp_path: Path) -> None:
    with open_page(calendar.url, tmp_path) as page:
        page.get_by_test_id("talk-button").click()
        expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "listening", timeout=ANSWER_MS)
        page.get_by_test_id("chat-input").fill("Book lunch with Jane tomorrow at noon and send her an invitation")
        page.get_by_test_id("chat-send").click()
        card = page.get_by_test_id("card-capture")
        expect(card).to_have_attribute("data-status", "open", timeout=ANSWER_MS)
        expect(card).to_contain_text("E-mail address")
        page.screenshot(path=tmp_path / "asked.png")
        page.get_by_test_id("capture-value").fill("jane.doe@example.com")
        page.get_by_test_id("capture-enter").click()
        expect(card).to_have_attribute("data-status", "confirmed", timeout=ANSWER_MS)
        expect(page.get_by_test_id("card-confirmation")).to_contain_text("jane.doe@example.com", timeout=ANSWER_MS)
        page.screenshot(path=tmp_path / "typed.png")
        page.get_by_test_id("confirm-yes").click()
        expect(page.get_by_test_id("card-event")).to_be_visible(timeout=ANSWER_MS)
    [row] = calendar.rows("SELECT attendees FROM events")
    assert row["attendees"] == ["Jane", "jane.doe@example.com"]


def test_a_persona_learns_a_pronunciation_and_patience(stack: Stack, tmp_path: Path) -> None:
    with open_page(stack.url, tmp_path) as page:
        page.goto(f"{stack.url}/#/personas/clinical")
        page.get_by_test_id("persona-add-pronunciation").click()
        page.get_by_test_id("persona-written-0").fill("Xiomara")
        page.get_by_test_id("persona-spoken-0").fill("see oh mara")
        page.get_by_test_id("persona-patience").fill("1.5")
        page.get_by_test_id("persona-patience-digits").fill("1.75")
        page.screenshot(path=tmp_path / "persona.png", full_page=True)
        page.get_by_test_id("persona-save").click()
        expect(page.get_by_text("Saved. The next call uses it.")).to_be_visible()
        page.reload()
        expect(page.get_by_test_id("persona-spoken-0")).to_have_value("see oh mara")
    [row] = stack.rows("SELECT pronunciations, patience, patience_by_question FROM personas WHERE slug = 'clinical'")
    assert (row["pronunciations"], row["patience"]) == ([{"written": "Xiomara", "spoken": "see oh mara"}], 1.5)
    assert row["patience_by_question"] == {"digits": 1.75}
