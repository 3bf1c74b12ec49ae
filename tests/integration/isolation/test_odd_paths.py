"""Ids spelled in every odd way, in every path: nobody's row, never an error of ours."""

from __future__ import annotations

import aiohttp

from tests.integration.isolation.estate import CANARY, Estate
from tests.integration.isolation.walk import (
    BODIES,
    OTHER_PARAMETERS,
    WITH_ID,
    Ask,
    Stranger,
    name_of,
    send,
    table_of,
)

REFUSED = {400, 403, 404, 405, 422}
# "ID" is the id of the other tenant's row
SPELLINGS = (
    "%7BID%7D", "urn:uuid:ID", "URN%3AUUID%3AID", "ID%20", "%20ID", "ID%0A", "ID%00", "%00ID", "%00", "ID%00.json",
    "%2FID", "ID%2F", "ID%2F..%2FID", "..%2FID", "%2e%2e%2fID", "%2e%2e%5cID", "..%5CID", "%252e%252e%252fID", "..;/ID",
    "..;%2FID", "ID;ID", "ID;/", "ID/../ID", "./ID", "../ID", "..", ".", "%2e", "%2e%2e", "%c0%ae%c0%ae%c0%afID",
    "%e0%80%afID", "%c0%80ID", "%ff%feID", "ID%ff", "%", "%zz", "%u0030", "ID%3Fpurge=true", "ID%23", "ID%26", "ID,ID",
    "ID%2CID", "ID%25", "*", "%2A", "null", "undefined", "true", "0", "-1", "1e9", "%F0%9F%A6%9C", "%E2%80%AEID",
    "%EF%BC%90ID", "'%20OR%20'1'='1", "ID'--", "%24%7BID%7D", "{id}", "%7Bid%7D", "__proto__",
)  # fmt: skip
LONG = ("x" * 6000, "%2e%2e%2f" * 700, "ID" * 150, "0" * 4000)
NUMBERS = ("0", "-1", "2", "99999999999999999999", "1e1", "1.5", "0x1", "%D9%A1", "%00", "1%00", "%20", "x", "9" * 3000)


def _spelled(identifier: str) -> list[str]:
    others = [identifier.upper(), identifier.replace("-", ""), f"%{ord(identifier[0]):02x}{identifier[1:]}"]
    return others + [spelling.replace("ID", identifier) for spelling in SPELLINGS + LONG]


async def test_no_spelling_of_an_id_reaches_another_tenants_row(estate: Estate, b: Stranger) -> None:
    before, wrong = estate.fingerprint(), list[str]()
    async with aiohttp.ClientSession(estate.sidecar.url, headers=await b.headers("key")) as session:
        for route in WITH_ID:
            body = BODIES[name_of(route)](estate.ids) if route.body else None
            for spelling in _spelled(str(estate.ids[table_of(route.path)])):
                path = route.path.replace("{id}", spelling)
                for name, value in OTHER_PARAMETERS.items():
                    path = path.replace("{" + name + "}", value)
                status, text = await send(session, Ask(route, path, {}, body))
                if status not in REFUSED or CANARY in text:
                    wrong.append(f"{route.method} {path[:200]}: {status} {text[:200]}")
    assert wrong == []
    assert estate.fingerprint() == before


async def test_no_spelling_of_another_parameter_is_an_error_of_ours(estate: Estate) -> None:
    wrong: list[str] = []
    for route in WITH_ID:
        for name in OTHER_PARAMETERS:
            if "{" + name + "}" not in route.path:
                continue
            for spelling in NUMBERS:
                path = route.path.replace("{id}", str(estate.ids[table_of(route.path)]))
                status, text = await send(estate.client, Ask(route, path.replace("{" + name + "}", spelling), {}, None))
                if status not in REFUSED:
                    wrong.append(f"{route.method} {path[:80]} with {spelling[:20]}: {status} {text[:200]}")
    assert wrong == []
