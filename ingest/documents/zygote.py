"""`python -m ingest.documents.zygote CONTROL [TYPE...]`: starts a fresh child for every file within milliseconds.

It imports the parsers once and forks; it never sees a file, so no child knows another's. Every child leads a group of
its own and confines itself (``child.py``). This process must stay single-threaded, and ends with CONTROL, children and
all. To have another parser ready: a row in `PARSERS`. What is asked and answered: ``children.py``.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

from ingest.documents.child import main as read_file
from ingest.documents.extract.table import EXTRACTORS
from ingest.documents.model import DOCX, HTML, IMAGES, PDF, PPTX, XLSX

PARSERS: Final[dict[str, tuple[str, ...]]] = {
    PDF: ("pypdfium2", "pypdfium2.raw", "pypdf"),
    **dict.fromkeys((DOCX, PPTX, XLSX, HTML), ("lxml.etree", "lxml.html")),
    **dict.fromkeys(IMAGES, ("PIL.Image",)),
}
_MOST_DESCRIPTORS = 65_536
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def main(arguments: Sequence[str]) -> int:
    """Serve until the other end of the control socket closes."""
    number, *types = arguments
    return Zygote(socket.socket(fileno=int(number))).serve(types)


class Zygote:
    """``control``: each byte on it brings three descriptors: a child's stdin, its stdout, one to tell of it on."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._running: dict[int, int] = {}  # pid -> descriptor of the socket to tell its end on
        self._loaded: set[str] = set()

    def serve(self, types: Sequence[str] = ()) -> int:
        """``types``: content types whose parsers are loaded before anybody asks."""
        for one in types:
            self._load(one)
        woken = self._wake_on_children()
        while True:
            ready, _, _ = select.select([self._control, woken], [], [])
            if woken in ready:
                os.read(woken, 4096)
                self._reap()
            if self._control in ready and not self._next():
                break
        for pid in self._running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        return 0

    def _wake_on_children(self) -> int:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        return reading

    def _reap(self) -> None:
        while self._running:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            told = self._running.pop(pid, None)
            if told is not None:
                _tell(told, os.waitstatus_to_exitcode(status), used.ru_maxrss * _MAXRSS_UNIT)
                os.close(told)

    def _next(self) -> bool:
        """Start one child; false when nobody is there to ask any more."""
        byte, descriptors, _, _ = socket.recv_fds(self._control, 1, 3)
        if not byte:
            return False
        *pipes, status = descriptors
        line = _line(status)
        if line.endswith(b"\n"):  # else whoever asked is gone already
            self._give_birth(json.loads(line), pipes, status)
        for one in pipes:
            os.close(one)
        if status not in self._running.values():
            os.close(status)
        return True

    def _give_birth(self, asked: dict[str, Any], pipes: Sequence[int], status: int) -> None:
        self._load(asked["arguments"][0])
        gc.freeze()  # or the children's collectors would copy every page of memory
        try:
            pid = os.fork()
        except OSError:  # no room for one more: its descriptors close, which says so
            return
        if pid == 0:
            _live(asked, pipes)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # here and there: whichever is first
        self._running[pid] = status
        _tell(status, pid)

    def _load(self, content_type: str) -> None:
        """The type's parsers; what is missing or broken the child meets itself, and says so."""
        if content_type in self._loaded or content_type not in EXTRACTORS:
            return
        self._loaded.add(content_type)
        for name in (f"ingest.documents.extract.{EXTRACTORS[content_type][0]}", *PARSERS.get(content_type, ())):
            with contextlib.suppress(ImportError):
                import_module(name)


def _live(asked: dict[str, Any], pipes: Sequence[int]) -> NoReturn:
    """The child's life."""
    code = 1
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
        os.closerange(3, _MOST_DESCRIPTORS)  # nothing of the zygote's, nothing of other children's
        os.environ.update(TMPDIR=asked["scratch"], HOME=asked["scratch"])
        tempfile.tempdir = None
        sys.dont_write_bytecode = True
        code = read_file(asked["arguments"])
    finally:
        os._exit(code)


def _line(descriptor: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = os.read(descriptor, 4096)
        if not piece:
            break
        line += piece
    return bytes(line)


def _tell(descriptor: int, *numbers: int) -> None:
    with contextlib.suppress(OSError):  # nobody waits for it any more
        os.write(descriptor, " ".join(map(str, numbers)).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
