"""Scanned pages and pictures through the parser's own process: read within its limits, with or without Tesseract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.documents import sandbox
from ingest.documents.model import JPEG, PDF, PNG, BadDocument, Limits
from tests.contract.documents.pictures import LEFT, as_bytes, landscape, pale, printed, scanned_pdf

_ROOT = Path(__file__).resolve().parents[3]
TYPED = "This page was typed on a keyboard. It says that the lift is out of order until the end of the month."


@pytest.fixture(params=["tesseract", "rapidocr"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Which engine is there: without Tesseract on the path it is the bundled one."""
    if request.param == "rapidocr":
        monkeypatch.setenv("PATH", str(tmp_path))
    return request.param


async def test_only_the_scanned_pages_are_recognised(engine: str) -> None:
    shares: list[float] = []
    content = scanned_pdf(TYPED, printed(), printed(LEFT))
    found = await sandbox.extract(content, PDF, Limits(), shares.append)
    assert [page.recognised for page in found.pages] == [False, True, True]
    assert "lift is out of order" in found.pages[0].text
    assert "A double room with a view of the harbour costs 148 euros a night" in found.pages[1].text
    assert "The sauna opens at seven" in found.pages[2].text
    price = found.pages[1].text.index("148 euros")
    (region,) = [one for one in found.pages[1].regions if one.start <= price < one.end]
    assert region.box is not None
    # drawn as the sixth line, 48 pixels each from 150 of 1754 on
    assert region.box[1] == pytest.approx((150 + 5 * 48) / 1754, abs=0.015)
    assert "recognised" in {one.code for one in found.findings}
    assert 0.8 <= found.metadata["ocr_confidence"] <= 1.0
    assert shares
    assert shares == sorted(shares)


async def test_a_picture_is_read(engine: str) -> None:
    found = await sandbox.extract(as_bytes(pale()), PNG, Limits())
    assert "breakfast included" in found.pages[0].text
    assert found.metadata["width"] == 1240
    assert 0.5 <= found.metadata["ocr_confidence"] <= 1.0


async def test_a_scan_without_any_text_says_so() -> None:
    with pytest.raises(BadDocument) as refused:
        await sandbox.extract(scanned_pdf(landscape()), PDF, Limits())
    assert refused.value.code == "no_text"


async def test_a_page_that_cannot_be_read_costs_only_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Tesseract that fails on every second page."""
    real = shutil.which("tesseract")
    wrapper, count = tmp_path / "tesseract", tmp_path / "count"
    wrapper.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = --list-langs ]; then exec {real} --list-langs; fi\n'
        f"echo x >> {count}\n"
        f'if [ "$(wc -l < {count})" -eq 2 ]; then cat > /dev/null; exit 1; fi\n'
        f'exec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found = await sandbox.extract(scanned_pdf(printed(), printed(LEFT), printed(LEFT)), PDF, Limits())
    assert [page.recognised for page in found.pages] == [True, False, True]
    assert [(one.code, one.page) for one in found.findings if one.severity == "warning"] == [("page_unreadable", 2)]


async def test_a_language_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICELOOP_OCR_LANGUAGES", "eng+xyz")
    found = await sandbox.extract(as_bytes(printed(), "JPEG"), JPEG, Limits())
    (finding,) = [one for one in found.findings if one.code == "ocr_language_missing"]
    assert "tesseract-ocr-xyz" in finding.detail


async def test_a_document_that_takes_too_long_is_still_given_up() -> None:
    with pytest.raises(BadDocument) as refused:
        await sandbox.extract(scanned_pdf(printed()), PDF, Limits(time_s=0.3, recognition_s=0.0))
    assert refused.value.code == "too_slow"


def test_the_bundled_engine_needs_no_network(tmp_path: Path) -> None:
    picture = tmp_path / "letter.png"
    printed().save(picture)
    code = (
        "import sys; from PIL import Image; from ingest.documents.ocr.rapid import Rapid;"
        "from ingest.documents.ocr.reading import recognise;"
        "print([line.text for line in recognise(Image.open(sys.argv[1]), Rapid())])"
    )
    command = ["unshare", "-r", "-n", sys.executable, "-c", code, str(picture)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, check=False)
    assert "Harbour House Hotel" in done.stdout, done.stderr[-500:]
