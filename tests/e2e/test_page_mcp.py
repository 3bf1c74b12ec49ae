"""MCP servers in the page's settings: added, looked at, chosen from, given to a persona, removed and brought back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import People
from tests.e2e.site import Site, own_database
from tests.fakes.mcp_server import Desk, mcp_server


@pytest.fixture(scope="module")
def site(postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database = own_database(postgres_url, template_database)
    with Site(tmp_path_factory.mktemp("site"), database, VOICELOOP_MCP_ALLOW="127.0.0.0/8") as started:
        yield started


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A server in a thread of its own: the browser's loop runs in this one."""
    running, ready, over = Desk(token="sesame-4711"), threading.Event(), threading.Event()

    async def serve() -> None:
        async with mcp_server(running):
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    yield running
    over.set()
    thread.join(60)


def add(page: Page, desk: Desk, token: str) -> None:
    page.get_by_test_id("mcp-new").click()
    page.get_by_test_id("mcp-name").fill("desk")
    page.get_by_test_id("mcp-url").fill(desk.url)
    page.get_by_test_id("mcp-token").fill(token)
    page.get_by_test_id("mcp-submit").click()


def test_tools_of_a_server_are_chosen_and_given_to_a_persona(
    people: People, site: Site, desk: Desk, tmp_path: Path
) -> None:
    page = people.arrive("/#/settings/mcp")
    add(page, desk, "wrong")
    dialog = page.get_by_test_id("mcp-tools-dialog")
    expect(dialog.get_by_role("alert")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Change desk").click()
    page.get_by_test_id("mcp-token").fill(desk.token)
    page.get_by_test_id("mcp-submit").click()

    page.get_by_test_id("mcp-tools").click()
    expect(page.get_by_test_id("mcp-state")).to_contain_text("3 tools")
    page.get_by_test_id("mcp-allow-get_weather").check()
    page.get_by_test_id("mcp-allow-create_ticket").check()
    expect(page.get_by_test_id("mcp-tool").filter(has_text="create_ticket")).to_contain_text("Asks first")
    page.get_by_test_id("mcp-asks").select_option("chosen")
    page.get_by_test_id("mcp-ask-get_weather").check()
    page.screenshot(path=tmp_path / "tools.png")
    page.get_by_test_id("mcp-tools-submit").click()
    expect(page.get_by_test_id("mcp-row")).to_contain_text("2 tools chosen")
    [server] = site.request("GET", "/api/mcp-servers").body["items"]
    assert sorted(server["allowed_tools"]) == ["create_ticket", "get_weather"]
    assert {"create_ticket", "get_weather"} <= set(server["confirmed_tools"])

    page.get_by_test_id("nav-personas").click()
    page.locator("main a[href*='/personas/']").first.click()
    page.get_by_test_id("persona-mcp-desk").check()
    page.get_by_test_id("persona-save").click()
    expect(page.get_by_test_id("toast")).to_contain_text("Saved")
    page.screenshot(path=tmp_path / "persona.png", full_page=True)
    page.goto(f"{site.url}/#/settings/mcp")
    page.get_by_role("button", name="Remove desk").click()
    expect(page.get_by_role("alert")).to_contain_text("Take it out there first")


def test_a_removed_server_comes_back_or_is_gone_when_its_message_goes(people: People, site: Site, desk: Desk) -> None:
    made = site.request("POST", "/api/mcp-servers", {"name": "spare", "url": desk.url})
    assert made.status == 201, made
    page = people.arrive("/#/settings/mcp")
    row = page.get_by_test_id("mcp-row").filter(has_text="spare")
    page.get_by_role("button", name="Remove spare").click()
    expect(row).to_have_count(0)
    page.get_by_test_id("toast").get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)
    page.get_by_role("button", name="Remove spare").click()
    with page.expect_response("**/api/mcp-servers/*") as answer:
        page.get_by_test_id("toast").get_by_role("button", name="Dismiss").click()
    assert answer.value.status == 204
    assert "spare" not in [one["name"] for one in site.request("GET", "/api/mcp-servers").body["items"]]


def test_an_assistant_is_told_the_address_and_a_key_that_opens_it(people: People, site: Site, tmp_path: Path) -> None:
    page = people.arrive("/#/settings/mcp")
    expect(page.get_by_test_id("mcp-address")).to_have_value(f"{site.url}/mcp")
    page.get_by_test_id("mcp-make-key").click()
    key = page.get_by_test_id("mcp-key").input_value()
    assert key in page.get_by_test_id("mcp-snippet").input_value()
    page.screenshot(path=tmp_path / "assistant.png", full_page=True)
    question = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    answer = page.request.post(
        f"{site.url}/mcp",
        data=question,
        headers={"Authorization": f"Bearer {key}", "Accept": "application/json, text/event-stream"},
    )
    assert answer.status == 200, answer.text()
    assert "book_event" in answer.text()
