"""The web process stays light: neither the agent framework nor ONNX nor a document parser comes with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_HEAVY = ("livekit.agents", "livekit.plugins", "onnxruntime", "moonshine_voice", "piper", "pypdfium2", "pypdf", "docx")


def test_the_sidecar_imports_nothing_heavy() -> None:
    code = f"import sys, ingest.app; print([name for name in {_HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=_ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_the_parser_process_knows_neither_database_nor_network() -> None:
    code = (
        "import sys, ingest.documents.child, ingest.documents.extract.table; "
        "print([name for name in ('psycopg', 'aiohttp', 'livekit', 'cryptography') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=_ROOT, check=True)
    assert done.stdout.strip() == "[]"
