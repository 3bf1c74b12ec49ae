"""RapidOCR as a recogniser: its models come with the package, nothing is fetched; for where Tesseract is not installed.

It knows lines, not columns; `ordered` puts them into reading order.
"""

from __future__ import annotations

import functools
import logging
import os
from typing import Any

from ingest.documents.confine import allow_more
from ingest.documents.ocr.lines import OcrLine
from ingest.documents.ocr.order import ordered

NEEDS_BYTES = 3 * 1024**3  # of addresses, not of memory: about 0.9 GB is really used
_THREADS = max(1, min(2, os.cpu_count() or 1))


class Rapid:
    """One set of models a process, loaded with the first page (about a second)."""

    @property
    def name(self) -> str:
        return "rapidocr"

    def lines(self, image: Any, timeout_s: float) -> list[OcrLine]:
        """``timeout_s`` cannot be kept here: the process as a whole has its own."""
        import numpy as np

        width, height = image.size
        found = _engine()(np.asarray(image.convert("RGB"))[:, :, ::-1])
        if found.boxes is None or found.txts is None or found.scores is None:
            return []
        lines = [
            OcrLine(text.strip(), _box(corners, width, height), float(score))
            for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
            if text.strip()
        ]
        return ordered(lines, width / height)


@functools.cache
def _engine() -> Any:
    allow_more(memory_bytes=NEEDS_BYTES)
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").disabled = True
    threads = "EngineConfig.onnxruntime"
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # ``upright.py`` turns whole pages
            f"{threads}.intra_op_num_threads": _THREADS,
            f"{threads}.inter_op_num_threads": 1,
        }
    )


def _box(corners: Any, width: int, height: int) -> tuple[float, float, float, float]:
    across, down = [float(one[0]) for one in corners], [float(one[1]) for one in corners]
    return (
        max(0.0, min(across) / width),
        max(0.0, min(down) / height),
        min(1.0, max(across) / width),
        min(1.0, max(down) / height),
    )
