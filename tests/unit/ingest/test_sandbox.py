"""The parser's process: bounded in what it answers, and gone with its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.documents import children, sandbox
from ingest.documents.model import HTML, PLAIN, BadDocument, Limits
from store.errors import Unavailable

_ROOT = Path(__file__).resolve().parents[3]
_WORKING = """
import time
from ingest.documents.child import receive
print(receive(5).decode(), flush=True)
time.sleep(60)
"""
_PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {_WORKING!r}], stdin=subprocess.PIPE)
child.stdin.write(b"hello")
child.stdin.flush()
time.sleep(60)
"""


async def test_a_text_comes_back() -> None:
    found = await sandbox.extract(b"Breakfast is served from 7 to 10.\n" * 10_000, PLAIN, Limits())
    assert len(found.pages[0].text) > 300_000


async def test_an_answer_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_ANSWER_LIMIT", 100_000)
    async with asyncio.timeout(30):
        with pytest.raises(BadDocument) as refused:
            await sandbox.extract(b"word " * 500_000, PLAIN, Limits())
    assert refused.value.code == "too_much_text"


async def test_a_child_that_takes_too_long_is_killed() -> None:
    with pytest.raises(BadDocument) as refused:
        await sandbox.extract(b"word", PLAIN, Limits(time_s=0.01))
    assert refused.value.code == "too_slow"


def test_the_child_of_a_killed_parent_leaves() -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-c", _PARENT]
    with subprocess.Popen(command, cwd=_ROOT, stdout=writing) as parent, os.fdopen(reading) as said:
        os.close(writing)
        assert said.readline() == "hello\n"
        parent.send_signal(signal.SIGKILL)
        started = time.monotonic()
        assert said.read() == ""  # the child held the other end
        assert time.monotonic() - started < 20


def test_a_parent_that_dies_while_handing_over_ends_it() -> None:
    done = subprocess.run([sys.executable, "-c", _WORKING], cwd=_ROOT, input=b"hel", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (1, b"")


async def test_a_parser_that_cannot_be_loaded_is_no_fault_of_the_document(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "lxml").mkdir()
    (tmp_path / "lxml" / "__init__.py").write_text("raise ImportError('half installed')")
    whole = children._environment()  # pyright: ignore[reportPrivateUsage]
    broken = {**whole, "PYTHONPATH": f"{tmp_path}{os.pathsep}{whole['PYTHONPATH']}"}
    monkeypatch.setattr(children, "_environment", lambda: broken)
    with pytest.raises(Unavailable) as refused:
        await sandbox.extract(b"<p>Breakfast is served from 7 to 10.", HTML, Limits())
    assert refused.value.code == "no_parser"
