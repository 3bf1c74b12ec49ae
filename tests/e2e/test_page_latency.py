"""How long callers waited, in a real browser: a bar under each answer, and the days above the list of talks."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import expect
from psycopg.types.json import Jsonb

from tests.e2e.browser import People
from tests.e2e.site import Site, own_database

PARTS = {"to_transcript": 300.0, "to_decision": 100.0, "to_words": 0.0, "to_voice": 150.0, "to_sound": 50.0}
QUICK = {"heard": 600.0, **PARTS}
FILLED = {"heard": 2600.0, "first_sound": 1500.0, **PARTS, "to_words": 2000.0}
CUT = {"heard": 600.0, **PARTS, "to_silence": 340.0}


@pytest.fixture(scope="module")
def database_url(postgres_url: str, template_database: str) -> str:
    return own_database(postgres_url, template_database)


@pytest.fixture(scope="module")
def site(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), database_url) as started:
        yield started


@pytest.fixture
def conversation(site: Site, database_url: str) -> str:
    """A talk with a quick answer, one after a filler, and one that was interrupted."""
    tenant, conversation = site.request("GET", "/api/me").body["tenant"]["id"], str(uuid4())
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO conversations (id, tenant_id, channel, status, started_at, heard_at, ended_at) "
            "VALUES (%s, %s, 'web', 'ended', now(), now(), now())",
            (conversation, tenant),
        )
        for latency_ms in (QUICK, FILLED, CUT):
            connection.execute(
                "INSERT INTO messages (id, tenant_id, conversation_id, role, text, latency_ms, interrupted, "
                "created_at) VALUES (%s, %s, %s, 'assistant', 'At seven.', %s, %s, clock_timestamp())",
                (str(uuid4()), tenant, conversation, Jsonb(latency_ms), "to_silence" in latency_ms),
            )
    return conversation


def test_the_wait_for_each_answer_is_seen_in_its_parts_and_by_day(people: People, conversation: str) -> None:
    page = people.arrive("/#/conversations")
    waits = page.get_by_test_id("waits")
    expect(waits).to_contain_text("0.60 s")
    expect(waits).to_contain_text("95 of 100 within 2.4 s · 3 answers")
    expect(waits.get_by_test_id("waits-day")).to_have_count(1)
    people.picture("waits")
    page.get_by_test_id("conversation-row").first.click()
    expect(page.get_by_test_id("latency-summary")).to_contain_text("0.60 s")
    bars = page.get_by_test_id("latency")
    expect(bars).to_have_count(3)
    quick, filled, cut = bars.all()
    expect(quick).to_contain_text("heard after 0.60 s")
    expect(quick.get_by_role("img")).to_have_attribute(
        "aria-label", "Understanding 300 ms, Making sure 100 ms, Voice 150 ms, On its way 50 ms"
    )
    expect(filled).to_contain_text("heard after 2.6 s, a filler after 1.5 s")
    expect(cut).to_contain_text("silent after 0.34 s")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    people.picture("latency")
