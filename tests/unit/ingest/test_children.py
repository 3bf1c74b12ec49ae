"""Children forked by the zygote: as confined as if started alone, gone with their file, and nothing leaks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import pytest

from ingest.documents import sandbox, zygote
from ingest.documents.children import Child, Children
from ingest.documents.extract.table import EXTRACTORS
from ingest.documents.model import CSV, DOCX, PLAIN, BadDocument, Limits
from store.errors import Unavailable
from tests.fakes.bad_documents import BAD

_LIMITS = Limits(time_s=30, memory_bytes=512 * 1024 * 1024)


@pytest.fixture
async def children() -> AsyncIterator[Children]:
    async with contextlib.aclosing(Children()) as made:
        yield made


def arguments(content_type: str, size: int) -> tuple[str, str, str]:
    return content_type, str(size), json.dumps(asdict(_LIMITS))


async def test_a_child_has_its_group_its_limits_no_network_and_its_three_descriptors(
    children: Children, tmp_path: Path
) -> None:
    async with asyncio.timeout(30), children.child(arguments(PLAIN, 5), str(tmp_path)) as child:
        child.stdin.write(b"hell")  # one byte is missing: it waits
        of_child = Path(f"/proc/{child.pid}")
        await _until_confined(of_child)
        assert os.getpgid(child.pid) == child.pid
        assert "NoNewPrivs:\t1" in (of_child / "status").read_text()
        assert "Threads:\t1\n" in (of_child / "status").read_text()
        assert str(_LIMITS.memory_bytes) in (of_child / "limits").read_text()
        opened = [os.readlink(one).split(":")[0] for one in (of_child / "fd").iterdir()]
        opened = [name for name in opened if not name.endswith(".pyc")]  # a module it is just importing
        assert set(opened) <= {"socket", "/dev/null"}
        assert len(opened) <= 4  # its answer stands twice: see child.py
        environment = (of_child / "environ").read_text()
        assert not any(word in environment for word in ("KEY", "SECRET", "DATABASE"))


def _of(pid: int | None, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


async def _until_confined(of_child: Path) -> None:
    while "NoNewPrivs:\t1" not in (of_child / "status").read_text():  # noqa: ASYNC110  # another process gets there
        await asyncio.sleep(0.01)


async def test_each_file_has_a_child_of_its_own(children: Children, tmp_path: Path) -> None:
    seen: set[int] = set()
    for text in (b"one", b"two", b"six"):
        async with asyncio.timeout(30), children.child(arguments(PLAIN, len(text)), str(tmp_path)) as child:
            assert text in await _answer(child, text)
            assert await child.wait() == 0
            seen.add(child.pid)
    assert len(seen) == 3


async def _answer(child: Child, content: bytes) -> bytes:
    with contextlib.suppress(ConnectionError):
        child.stdin.write(content)
        await child.stdin.drain()
    answer = bytearray()
    while piece := await child.stdout.read(65536):
        answer += piece
    return bytes(answer)


async def test_a_child_that_nobody_waits_for_is_gone(children: Children, tmp_path: Path) -> None:
    async with asyncio.timeout(30):
        async with children.child(arguments(PLAIN, 5), str(tmp_path)) as child:
            child.stdin.write(b"hell")
        assert child.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


async def test_the_end_of_them_all_ends_those_that_work(tmp_path: Path) -> None:
    children = Children()
    async with asyncio.timeout(30), children.child(arguments(PLAIN, 5), str(tmp_path)) as child:
        await children.aclose()
        assert await child.stdout.read() == b""


async def test_a_document_whose_zygote_is_killed_is_tried_again_and_the_next_is_read(children: Children) -> None:
    content = b"Breakfast is served from 7 to 10.\n" * 10_000

    async def kill() -> None:
        while children.pid is None:  # noqa: ASYNC110  # it is being started
            await asyncio.sleep(0.001)
        os.kill(children.pid, signal.SIGKILL)

    async with asyncio.timeout(60):
        killing = asyncio.create_task(kill())
        with contextlib.suppress(Unavailable):  # killed before the child was born, another one is asked
            await sandbox.extract(content, PLAIN, _LIMITS, children=children)
        await killing
        found = await sandbox.extract(content, PLAIN, _LIMITS, children=children)
    assert len(found.pages[0].text) > 300_000


async def test_many_documents_leave_no_descriptor_and_no_process_behind(children: Children) -> None:
    await sandbox.extract(b"Breakfast", PLAIN, _LIMITS, children=children)
    mine, its = len(os.listdir("/proc/self/fd")), len(os.listdir(f"/proc/{children.pid}/fd"))
    for number in range(40):
        found = await sandbox.extract(b"Breakfast %d" % number, PLAIN, _LIMITS, children=children)
        assert found.pages[0].text == f"Breakfast {number}"
    assert len(os.listdir("/proc/self/fd")) == mine
    assert len(os.listdir(f"/proc/{children.pid}/fd")) == its
    assert _of(children.pid, f"task/{children.pid}/children") == ""


@pytest.mark.parametrize("name", ["docx, high ratio", "pdf, chain of filters"])
async def test_the_most_memory_a_bomb_gets_is_bounded(children: Children, tmp_path: Path, name: str) -> None:
    bad = BAD[name]
    content = bad.make()
    async with (
        asyncio.timeout(60),
        children.child(arguments(bad.content_type, len(content)), str(tmp_path)) as child,
    ):
        await _answer(child, content)
        await child.wait()
    assert 0 < child.peak_bytes < _LIMITS.memory_bytes


async def test_a_bomb_costs_one_error_and_the_next_document_is_read(children: Children) -> None:
    bad = BAD["docx, high ratio"]
    with pytest.raises(BadDocument) as refused:
        await sandbox.extract(bad.make(), bad.content_type, _LIMITS, children=children)
    assert refused.value.code == bad.code
    found = await sandbox.extract(b"a,b\n1,2\n3,4\n", CSV, _LIMITS, children=children)
    assert "3" in found.pages[0].text


async def test_whoever_has_every_parser_loaded_has_one_thread() -> None:
    """A process with threads must not fork, nor can its children leave the network."""
    async with contextlib.aclosing(Children(ready=tuple(EXTRACTORS))) as children:
        async with asyncio.timeout(60):
            await sandbox.extract(b"Breakfast", PLAIN, _LIMITS, children=children)
        assert "Threads:\t1\n" in _of(children.pid, "status")


def test_every_type_with_parsers_has_an_extractor() -> None:
    assert zygote.PARSERS.keys() <= EXTRACTORS.keys()
    assert DOCX in zygote.PARSERS
