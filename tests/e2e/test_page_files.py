"""Files of a talk in a real browser, without a talk: dropped, pasted, taken back, too large; and kept with one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import People
from tests.e2e.papers import pdf_of
from tests.e2e.site import Site, own_database

READ_MS = 60_000
LIMIT = 1024 * 1024


class SmallSite(Site):
    """A site that reads what it is given, if it is no larger than a megabyte."""

    def _environment(self) -> dict[str, str]:
        return super()._environment() | {"VOICELOOP_JOB_PROCESSES": "1", "VOICELOOP_UPLOAD_LIMIT": str(LIMIT)}


@pytest.fixture(scope="module")
def database_url(postgres_url: str, template_database: str) -> str:
    return own_database(postgres_url, template_database)


@pytest.fixture(scope="module")
def site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with SmallSite(tmp_path_factory.mktemp("site"), database_url) as started:
        yield started


@pytest.fixture
def conversation(site: Site, database_url: str) -> str:
    """A talk that is over, in which a letter was sent and quoted."""
    tenant = site.request("GET", "/api/me").body["tenant"]["id"]
    conversation, question, answer = (str(uuid4()) for _ in range(3))
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO conversations (id, tenant_id, channel, status, started_at, heard_at, ended_at) "
            "VALUES (%s, %s, 'web', 'ended', now(), now(), now())",
            (conversation, tenant),
        )
        add = (
            "INSERT INTO messages (id, tenant_id, conversation_id, role, text, citations, created_at) "
            "VALUES (%s, %s, %s, %s, %s, '[]', clock_timestamp())"
        )
        connection.execute(add, (question, tenant, conversation, "user", "Where is my key?"))
        connection.execute(add, (answer, tenant, conversation, "assistant", "The key lies in the drawer."))
    return conversation


def give(page: Page, kind: str, names_and_texts: dict[str, str]) -> None:
    """As a person drops files from their desktop, or pastes what they copied there."""
    page.get_by_test_id("chat-input").evaluate(
        """(element, [kind, files]) => {
            const data = new DataTransfer();
            for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name));
            const types = kind === "paste" ? ["paste"] : ["dragenter", "dragover", "drop"];
            for (const type of types)
                element.dispatchEvent(type === "paste"
                    ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
                    : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [kind, names_and_texts],
    )


def test_files_are_dropped_pasted_and_taken_back_before_a_talk(people: People) -> None:
    page = people.arrive("/#/")
    give(page, "drop", {"letter.txt": "Your room is 214.", "prices.csv": "a,b"})
    give(page, "paste", {"picture.png": "x"})
    files = page.get_by_test_id("tray-file")
    expect(files).to_have_count(3)
    expect(files.first).to_have_attribute("data-state", "waiting")
    page.get_by_role("button", name="Remove prices.csv").focus()
    page.keyboard.press("Enter")
    expect(files).to_have_count(2)
    page.get_by_role("button", name="Undo").press("Enter")
    expect(files).to_have_count(3)
    people.picture("tray")
    for _ in range(3):
        page.get_by_test_id("tray-remove").first.press("Enter")
    expect(page.get_by_test_id("attach-button")).to_be_focused()


def test_the_limit_is_the_servers_and_told_before_anything_is_sent(people: People, tmp_path: Path) -> None:
    page = people.arrive("/#/documents")
    expect(page.get_by_text("up to 1 MB each")).to_be_visible()
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * (LIMIT + 1))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_test_id("upload-input").set_input_files(large)
    expect(page.get_by_test_id("upload-row")).to_contain_text("larger than 1 MB")
    assert not [url for url in sent if url.endswith("/upload")]


def test_the_files_of_a_talk_are_looked_at_and_removed_on_a_phone(
    people: People, conversation: str, tmp_path: Path
) -> None:
    page = people.arrive(f"/#/conversations/{conversation}")
    page.set_viewport_size({"width": 390, "height": 844})
    letter, locked = pdf_of("Dear guest.", "The key lies in the drawer."), b"%PDF-1.7\nnothing in it"
    for name, content in (("letter.pdf", letter), ("broken.pdf", locked)):
        answer = page.evaluate(_SEND, [f"/api/conversations/{conversation}/attachments", name, list(content)])
        assert json.loads(answer)["status"] == "received"
    rows = page.get_by_test_id("attachment")
    expect(rows.filter(has_text="letter.pdf")).to_have_attribute("data-status", "ready", timeout=READ_MS)
    broken = rows.filter(has_text="broken.pdf")
    expect(broken).to_have_attribute("data-status", "failed", timeout=READ_MS)
    expect(broken.locator(".file-error")).not_to_be_empty()
    page.get_by_test_id("attachment-open").press("Enter")
    preview = page.get_by_test_id("attachment-preview")
    preview.get_by_role("button", name="Next page").click()
    expect(preview.get_by_role("img", name="Page 2 of letter.pdf")).to_be_visible()
    expect(preview.locator(".page-image")).to_have_attribute("data-state", "shown", timeout=READ_MS)
    people.picture("preview")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("attachment-open")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download letter.pdf").click()
    assert saved.value.path().read_bytes() == letter
    page.get_by_role("button", name="Remove broken.pdf").click()
    page.get_by_role("button", name="Dismiss").click()
    expect(broken).to_have_count(0)
    page.reload()
    expect(rows).to_have_count(1)
    people.picture("files")


_SEND = """async ([path, name, bytes]) => {
    const form = new FormData();
    form.append("file", new File([new Uint8Array(bytes)], name));
    const answer = await fetch(path, { method: "POST", body: form, headers: { "X-VoiceLoop": "1" } });
    return answer.text();
}"""
