"""`python -m ingest.documents.child TYPE PAGES CHARACTERS MEMORY SECONDS`: bytes on stdin, extracted text on stdout.

Limits itself before it imports a parser. Every answer is one JSON object, ``{"error": {code, detail}}`` included.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import resource
import sys


def main(arguments: list[str]) -> int:
    content_type, pages, characters, memory, seconds = arguments
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
        resource.setrlimit(resource.RLIMIT_CPU, (int(float(seconds)) + 1, int(float(seconds)) + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from ingest.documents.extract import extract_bytes
    from ingest.documents.model import BadDocument, Limits

    limits = Limits(pages=int(pages), characters=int(characters))
    try:
        found = extract_bytes(sys.stdin.buffer.read(), content_type, limits)
        answer = {
            "title": found.title,
            "paginated": found.paginated,
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
