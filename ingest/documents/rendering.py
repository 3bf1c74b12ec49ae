"""`python -m ingest.documents.rendering TYPE NUMBER WIDTH HEIGHT SIZE LIMITS`: a file on stdin, a WebP page on stdout.

First a line of JSON, ``{"bytes": n}`` or ``{"error": {code, detail}}``, then the picture. It limits itself before it
opens the file, and ends when stdin does.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

from ingest.documents.child import receive
from ingest.documents.confine import confine
from ingest.documents.model import PDF, BadDocument, Limits

_QUALITY, _EFFORT = 80, 2
_BROKEN = "This page cannot be drawn."


def main(arguments: list[str]) -> int:
    content_type, number, width, height, size, numbers = arguments
    limits = Limits(**json.loads(numbers))
    out = os.dup(1)
    os.dup2(2, 1)
    confine(memory_bytes=limits.memory_bytes, cpu_s=limits.time_s)
    content, picture = receive(int(size)), b""
    try:
        picture = draw(content, content_type, int(number), (int(width), int(height)), limits)
        answer: dict[str, Any] = {"bytes": len(picture)}
    except BadDocument as error:
        answer = {"error": {"code": error.code, "detail": error.message}}
    except Exception:  # noqa: BLE001  # drawers meet damaged files with any exception there is
        answer = {"error": {"code": "unreadable_page", "detail": _BROKEN}}
    data = memoryview(json.dumps(answer).encode() + b"\n" + picture)
    while data:
        data = data[os.write(out, data) :]
    return 0


def draw(content: bytes, content_type: str, number: int, box: tuple[int, int], limits: Limits) -> bytes:
    """Page ``number`` (from 1) as WebP, as large as fits into ``box``. Raises BadDocument: page_not_found, and more."""
    image = _of_pdf(content, number, box) if content_type == PDF else _of_picture(content, number, box, limits)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=_EFFORT)
    return out.getvalue()


def _of_pdf(content: bytes, number: int, box: tuple[int, int]) -> Any:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    if not 1 <= number <= len(document):
        raise _no_such_page()
    page = document[number - 1]
    width, height = max(1.0, page.get_width()), max(1.0, page.get_height())
    scale: Any = min(box[0] / width, box[1] / height)  # typed as a whole number there
    return page.render(scale=scale).to_pil().convert("RGB")


def _of_picture(content: bytes, number: int, box: tuple[int, int], limits: Limits) -> Any:
    from ingest.documents.extract.frames import opened, readable

    with opened(content, limits) as image:
        if not 1 <= number <= int(getattr(image, "n_frames", 1)):
            raise _no_such_page()
        picture = readable(image, number, limits)
    picture.thumbnail(box)  # never larger than it is
    return picture.convert("RGB")


def _no_such_page() -> BadDocument:
    return BadDocument("The document has no such page.", code="page_not_found")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
