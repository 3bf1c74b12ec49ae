"""`python -m ingest.documents.child TYPE SIZE LIMITS`: SIZE bytes on stdin, JSON lines on stdout.

Lines: ``{"progress": share}``, ``{"needs_s": seconds more}``, ``{"page": {...}}`` in order, last ``{"end": {...}}`` or
``{"error": {code, detail}}``.
It limits itself before it imports a parser, and ends with everything it started when stdin does.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sys
import threading
import time
from typing import Any

from ingest.documents.confine import allow_more, confine
from ingest.documents.model import BadDocument, Extracted, Limits

_PROGRESS_EVERY_S = 0.25
MODEL_THREADS = 2
NO_PARSER = "no_parser"


def main(arguments: list[str]) -> int:
    content_type, size, numbers = arguments
    limits = Limits(**json.loads(numbers))
    say = _Answer(_private_stdout())
    most_cpu_s = limits.time_s + limits.recognition_s * MODEL_THREADS
    confine(
        memory_bytes=limits.memory_bytes, cpu_s=limits.time_s, models_bytes=limits.models_bytes, most_cpu_s=most_cpu_s
    )
    from ingest.documents.extract.progress import reporting
    from ingest.documents.extract.table import extract_bytes

    try:
        with reporting(say.progress, say.needs):
            found = extract_bytes(receive(int(size)), content_type, limits)
        say.extracted(found)
    except BadDocument as error:
        say.line({"error": {"code": error.code, "detail": error.message}})
    except MemoryError:
        text = "This document needs more memory than allowed; it was given up."
        say.line({"error": {"code": "too_much_memory", "detail": text}})
    except ImportError as error:  # as while the installation is replaced by a newer one
        say.line({"error": {"code": NO_PARSER, "detail": str(error)}})
    return 0


def receive(size: int) -> bytes:
    """The content; from then on the end of stdin, which comes with the end of the parent, ends this process."""
    content = bytearray()
    while len(content) < size:
        piece = os.read(0, min(size - len(content), 1 << 20))
        if not piece:
            os._exit(1)
        content += piece
    threading.Thread(target=_leave_with_parent, name="leash", daemon=True).start()
    return bytes(content)


class _Answer:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._told_at = 0.0

    def progress(self, share: float) -> None:
        now = time.monotonic()
        if now - self._told_at >= _PROGRESS_EVERY_S:
            self._told_at = now
            self.line({"progress": round(share, 3)})

    def needs(self, seconds: float) -> None:
        allow_more(cpu_s=seconds * MODEL_THREADS)
        self.line({"needs_s": round(seconds, 1)})

    def extracted(self, found: Extracted) -> None:
        for page in found.pages:
            self.line({"page": dataclasses.asdict(page)})
        rest = {one.name: getattr(found, one.name) for one in dataclasses.fields(found) if one.name != "pages"}
        rest["metadata"] = dict(found.metadata)
        rest["findings"] = [dataclasses.asdict(one) for one in found.findings]
        self.line({"end": rest})

    def line(self, value: dict[str, Any]) -> None:
        data = memoryview(json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n")
        while data:
            data = data[os.write(self._descriptor, data) :]


def _private_stdout() -> int:
    """A descriptor only the answer is written to: what a parser prints must not get between its lines."""
    mine = os.dup(1)
    os.dup2(2, 1)
    return mine


def _leave_with_parent() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):  # not sys.stdin: its lock, held by a waiting thread, would break the exit
            pass
    if os.getpgrp() == os.getpid():
        os.killpg(0, 9)  # what it started goes as well
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
