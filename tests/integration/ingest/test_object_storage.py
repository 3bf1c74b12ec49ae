"""A sidecar whose files lie in object storage: upload, analysis, deletion; and what it says when storage goes away."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from ingest.settings import Settings
from tests.contract.files import conftest as storage
from tests.integration.ingest.conftest import Sidecar, Upload, make_settings

s3_server, credentials, bucket = storage.s3_server, storage.credentials, storage.bucket


@pytest.fixture
def settings(fresh_database_url: str, tmp_path: Path, bucket: storage.Bucket) -> Settings:
    return make_settings(fresh_database_url, tmp_path).model_copy(
        update={"files": bucket.location, "s3_endpoint_url": bucket.endpoint}
    )


async def test_a_document_lives_and_goes_in_object_storage(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, bucket: storage.Bucket
) -> None:
    text = b"Breakfast is at eight on the terrace, and the pool opens at nine."
    status, uploaded = await upload(text, "menu.txt")
    assert status == 201
    [sealed] = bucket.stored().values()
    assert b"Breakfast" not in sealed
    await sidecar.work_off()
    async with client.get(f"/api/files/{uploaded['upload_id']}") as response:
        assert (await response.json())["status"] == "awaiting_confirmation"
    async with client.delete(f"/api/files/{uploaded['upload_id']}") as response:
        assert response.status < 300
    assert bucket.stored() == {}


async def test_readiness_covers_storage(client: aiohttp.ClientSession, bucket: storage.Bucket) -> None:
    async with client.get("/ready") as response:
        assert (await response.json())["checks"]["storage"] == "ok"


async def test_without_its_bucket_it_says_what_is_wrong_and_takes_nothing(
    client: aiohttp.ClientSession, upload: Upload, bucket: storage.Bucket
) -> None:
    bucket.empty()
    bucket.client.delete_object(Bucket=storage.BUCKET, Key=f"{storage.PREFIX}/.probe")
    bucket.client.delete_bucket(Bucket=storage.BUCKET)
    try:
        async with client.get("/ready") as response:
            assert response.status == 503
            assert "There is no such bucket" in (await response.json())["checks"]["storage"]
        status, problem = await upload(b"Breakfast is at eight.", "menu.txt")
        assert (status, problem["code"]) == (503, "storage_unavailable")
        async with client.get("/api/files") as response:
            assert (await response.json())["items"] == []
    finally:
        bucket.client.create_bucket(Bucket=storage.BUCKET)
