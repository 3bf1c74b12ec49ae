"""Both stores of files; the one in object storage speaks S3 over loopback to a server beside this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import boto3
import pytest

from store.files import Files, open_files
from store.seal import Keyring

OLD, NEW = "o" * 40, "n" * 40
TENANT, OTHER, FILE, SECOND = (UUID(int=number) for number in (1, 2, 3, 4))
BUCKET, PREFIX = "bucket", "voiceloop/files"


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class Place:
    """Where files lie, seen from outside: what is there, as it is stored."""

    location = ""
    endpoint = ""

    def files(self, *secrets: str) -> Files:
        return open_files(self.location, Keyring(secrets or (NEW,)), endpoint=self.endpoint)

    def stored(self) -> dict[str, bytes]:
        """Storage key -> sealed bytes, half-written files too."""
        raise NotImplementedError

    def store(self, key: str, content: bytes) -> None:
        raise NotImplementedError

    def unfinished(self) -> int:
        """Uploads that were begun and neither ended nor given up."""
        return 0


@dataclass
class Folder(Place):
    root: Path

    def __post_init__(self) -> None:
        self.location = str(self.root)

    def stored(self) -> dict[str, bytes]:
        paths = [path for path in self.root.rglob("*") if path.is_file() and path.name != ".lock"]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in paths}

    def store(self, key: str, content: bytes) -> None:
        (self.root / key).parent.mkdir(parents=True, exist_ok=True)
        (self.root / key).write_bytes(content)


@dataclass
class Bucket(Place):
    client: Any
    endpoint: str

    def __post_init__(self) -> None:
        self.location = f"s3://{BUCKET}/{PREFIX}"

    def stored(self) -> dict[str, bytes]:
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {
            one["Key"].removeprefix(f"{PREFIX}/"): self.client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"].read()
            for one in found
            if not one["Key"].endswith("/.probe")
        }

    def store(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{key}", Body=content)

    def unfinished(self) -> int:
        return len(self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []))

    def empty(self) -> None:
        for key in [one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]:
            self.client.delete_object(Bucket=BUCKET, Key=key)
        for one in self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []):
            self.client.abort_multipart_upload(Bucket=BUCKET, Key=one["Key"], UploadId=one["UploadId"])


_SERVER = """
import logging, sys
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("at", *server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def s3_server() -> Generator[str]:
    """The address of a server that speaks S3; a process of its own, so that its memory is not counted here."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        said = next(line for line in server.stdout if line.startswith("at "))  # after the web server's own greeting
        _, host, port = said.split()
        yield f"http://{host}:{port}"
        server.stdin.close()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "reader")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "us-east-1")


@pytest.fixture
def bucket(s3_server: str, credentials: None) -> Generator[Bucket]:
    client: Any = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    made = Bucket(client, s3_server)
    made.empty()
    yield made
    made.empty()
    client.close()


@pytest.fixture(params=["directory", "object storage"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return request.getfixturevalue("bucket") if request.param == "object storage" else Folder(tmp_path / "files")
