"""What `voiceloop doctor` says of documents: who reads scans, tells types, looks for viruses, makes vectors.

Nothing here is essential: without it something else does the work, or a document waits. Never shows a key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final

from ingest.documents import clamd
from ingest.documents.kinds import libmagic
from ingest.documents.ocr import tesseract

State = tuple[str, str, str]
_PATIENCE_S: Final = 5.0


def findings(environment: Mapping[str, str]) -> Iterator[State]:
    """(what, "ok" or "note", detail), one a line."""
    yield _scans(environment.get("VOICELOOP_OCR_LANGUAGES") or "eng")
    if libmagic() is None:
        yield "File types", "note", "libmagic is not installed (package libmagic1); the own table decides alone"
    else:
        yield "File types", "ok", "libmagic"
    yield _scanner(environment.get("CLAMD_URL", ""))
    yield "Meanings", "ok", environment.get("VOICELOOP_EMBEDDINGS") or "all-MiniLM-L6-v2, bundled"
    if place := environment.get("VOICELOOP_FILES"):
        yield "Files", "ok", place


def _scans(wanted: str) -> State:
    if not tesseract.is_installed():
        return "Scans", "note", "RapidOCR, bundled; Tesseract reads better: install tesseract-ocr and tesseract-ocr-eng"
    asked = [code for code in wanted.replace(",", "+").split("+") if code]
    missing = [code for code in asked if code not in tesseract.installed_languages()]
    if missing:
        packages = ", ".join(f"tesseract-ocr-{code.lower().replace('_', '-')}" for code in missing)
        return "Scans", "note", f"Tesseract does not know {', '.join(missing)}; install {packages}"
    return "Scans", "ok", f"Tesseract: {', '.join(asked)}"


def _scanner(url: str) -> State:
    if not url:
        return "Viruses", "ok", "no scanner set (CLAMD_URL); the test virus EICAR is refused all the same"
    try:
        return "Viruses", "ok", asyncio.run(clamd.version(clamd.clamd_address(url), timeout_s=_PATIENCE_S))
    except ValueError as error:
        return "Viruses", "note", f"CLAMD_URL {error}"
    except (OSError, TimeoutError):
        return "Viruses", "note", "CLAMD_URL does not answer; documents wait until it does"
