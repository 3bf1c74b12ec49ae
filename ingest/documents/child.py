"""`python -m ingest.documents.child TYPE PAGES CHARACTERS MEMORY SECONDS SIZE`: SIZE bytes on stdin, text on stdout.

Limits itself before it imports a parser, and ends when stdin does. Every answer is one JSON object,
``{"error": {code, detail}}`` included.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import resource
import sys
import threading


def main(arguments: list[str]) -> int:
    content_type, pages, characters, memory, seconds, size = arguments
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
        resource.setrlimit(resource.RLIMIT_CPU, (int(float(seconds)) + 1, int(float(seconds)) + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from ingest.documents.extract.table import extract_bytes
    from ingest.documents.model import BadDocument, Limits

    limits = Limits(pages=int(pages), characters=int(characters))
    try:
        found = extract_bytes(receive(int(size)), content_type, limits)
        answer = {
            "title": found.title,
            "page_kind": found.page_kind,
            "hidden": list(found.hidden),
            "pages": [
                {"text": page.text, "headings": [dataclasses.asdict(one) for one in page.headings]}
                for page in found.pages
            ],
        }
    except BadDocument as error:
        answer = {"error": {"code": error.code, "detail": error.message}}
    except MemoryError:
        text = "This document needs more memory than allowed; it was given up."
        answer = {"error": {"code": "too_much_memory", "detail": text}}
    sys.stdout.write(json.dumps(answer))
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


def _leave_with_parent() -> None:
    while os.read(0, 1):  # not sys.stdin: its lock, held by a waiting thread, would break the exit
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
