"""Object storage that is set up wrongly or goes away is told in words that say what to do."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

import pytest

from store.errors import SettingsError, Unavailable
from store.files import location_of, open_files
from store.seal import Keyring
from tests.contract.files.conftest import FILE, NEW, TENANT, Bucket, stream

RING = Keyring((NEW,))
KEY = f"{TENANT}/{FILE}"


def nowhere() -> str:
    """An address on this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        return f"http://127.0.0.1:{closed_soon.getsockname()[1]}"


async def test_a_bucket_that_is_not_there_stops_the_start(bucket: Bucket) -> None:
    files = open_files("s3://no-such-bucket/x", RING, endpoint=bucket.endpoint)
    with pytest.raises(SettingsError, match=r"s3://no-such-bucket/x\. There is no such bucket"):
        await files.prepare()
    with pytest.raises(Unavailable):
        await files.read(KEY)


async def test_a_server_that_does_not_answer_stops_the_start(credentials: None) -> None:
    files = open_files("s3://bucket", RING, endpoint=nowhere())
    with pytest.raises(SettingsError, match="does not answer; check S3_ENDPOINT_URL"):
        await files.prepare()


@pytest.mark.parametrize("size", [10, 12 * 1024 * 1024])
async def test_a_server_that_went_away_is_told_plainly(credentials: None, size: int) -> None:
    files = open_files("s3://bucket", RING, endpoint=nowhere())
    for work in (
        lambda: files.write(TENANT, FILE, stream(*[b"x" * 65536] * (size // 65536 + 1))),
        lambda: files.read(KEY),
        lambda: files.delete(KEY),
        lambda: files.remove_all(TENANT),
        files.storage_keys,
        lambda: files.rotate(KEY),
        lambda: files.read_derived(TENANT, FILE, "page-1"),
        lambda: files.write_derived(TENANT, FILE, "page-1", b"x"),
        lambda: files.left_alone_since(0),
    ):
        with pytest.raises(Unavailable, match="Try again") as told:
            await work()
        assert told.value.code == "storage_unavailable"


async def test_files_lie_below_their_prefix(bucket: Bucket) -> None:
    await bucket.files().write(TENANT, FILE, stream(b"x"))
    found = bucket.client.list_objects_v2(Bucket="bucket")["Contents"]
    assert [one["Key"] for one in found] == [f"voiceloop/files/{KEY}"]


async def _passing_on(server: str, most: int) -> asyncio.Server:
    """A way to the server that breaks for good once ``most`` bytes went to it."""
    address, left = urlsplit(server), most

    async def pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, is_upstream: bool) -> None:
        nonlocal left
        try:
            while (left > 0) and (piece := await source.read(65536)):
                left -= len(piece) * is_upstream
                target.write(piece)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if left <= 0:
            writer.close()
            return
        up, down = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(pass_on(reader, down, True), pass_on(up, writer, False))

    return await asyncio.start_server(serve, "127.0.0.1", 0)


@pytest.mark.parametrize("most", [100_000, 7_000_000, 15_000_000])
async def test_a_connection_lost_in_the_middle_is_told_and_leaves_no_file(bucket: Bucket, most: int) -> None:
    async with await _passing_on(bucket.endpoint, most) as way:
        host, port = way.sockets[0].getsockname()[:2]
        files = open_files(bucket.location, RING, endpoint=f"http://{host}:{port}")
        with pytest.raises(Unavailable):
            await files.write(TENANT, FILE, stream(*[b"x" * 65536] * 400))
    assert bucket.stored() == {}


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("s3://my-bucket", "s3://my-bucket"),
        ("s3://my-bucket/", "s3://my-bucket"),
        ("s3://my-bucket/a/b/", "s3://my-bucket/a/b"),
        ("/data/files", "/data/files"),
    ],
)
def test_a_location_has_one_form(text: str, location: str) -> None:
    assert location_of(text) == location


@pytest.mark.parametrize("text", ["s3://", "s3:bucket", "s3://B", "s3://b/../x", "s3://bucket//x", "gs://bucket"])
def test_a_wrong_location_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        location_of(text)
