"""The same handbook in every format answers the same question, and says where that stands."""

from __future__ import annotations

import aiohttp
import pytest

from tests.integration.ingest.conftest import Sidecar, Upload
from tests.integration.ingest.handbook import HANDBOOKS


@pytest.mark.parametrize("name", HANDBOOKS)
async def test_the_price_is_found_where_it_stands(
    name: str, sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    make, page, heading = HANDBOOKS[name]
    status, uploaded = await upload(make(), name, "/api/knowledge/upload")
    assert status == 202, uploaded
    await sidecar.work_off()
    question = {"query": "What does the sauna cost for children?"}
    async with client.post("/api/knowledge/search", json=question) as response:
        found = (await response.json())["results"][0]
    quote = found["citation"]["quote"]
    assert "Sauna" in quote, quote
    assert "9 euros" in quote, quote
    assert found["metadata"]["heading"].rpartition("› ")[2] == heading
    assert (found["metadata"]["page"], found["metadata"]["page_count"] > 0) == (page or 1, page > 0)
