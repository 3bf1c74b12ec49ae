"""Files that callers and people have in hand."""

from __future__ import annotations

from fpdf import FPDF


def pdf_of(*pages: str) -> bytes:
    """A page a text."""
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    return bytes(pdf.output())
