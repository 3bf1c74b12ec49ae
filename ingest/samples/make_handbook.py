"""Makes ``harbour-house-handbook.pdf`` from the Markdown beside it: ``uv run python -m ingest.samples.make_handbook``.

The same text gives the same bytes (a fixed date, no random identifiers), so that the committed file can be checked.
Understands what the source uses and no more: ``#`` and ``##`` headings, paragraphs, ``<!-- page -->``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "harbour-house-handbook.md"
TARGET = FOLDER / "harbour-house-handbook.pdf"
TITLE = "Harbour House handbook"
MADE_AT = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


def make() -> bytes:
    """The PDF's bytes: A4, one running title, page numbers, an outline entry for every heading."""
    from fpdf import FPDF  # a development dependency: only needed to make the file anew
    from fpdf.enums import XPos, YPos

    class Handbook(FPDF):
        def footer(self) -> None:
            self.set_y(-15)
            self.set_font("helvetica", size=9)
            self.set_text_color(110)
            self.cell(0, 8, f"{TITLE}  ·  {self.page_no()}", align="C")

    pdf = Handbook(format="A4")
    pdf.set_creation_date(MADE_AT)
    pdf.set_title(TITLE)
    pdf.set_author("Harbour House")
    pdf.set_lang("en-GB")
    pdf.set_margins(24, 22, 24)
    pdf.set_auto_page_break(True, margin=20)
    pdf.add_page()
    for kind, text in blocks(SOURCE.read_text("utf-8")):
        pdf.set_text_color(20)
        if kind == "page":
            pdf.add_page()
        elif kind == "paragraph":
            pdf.set_font("helvetica", size=11)
            pdf.multi_cell(0, 5.8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
            pdf.ln(2.2)
        else:
            level = 0 if kind == "title" else 1
            pdf.start_section(text, level=level)
            pdf.set_font("helvetica", "B", size=22 if level == 0 else 14)
            pdf.multi_cell(0, 11 if level == 0 else 8, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
            pdf.ln(1.2)
    return bytes(pdf.output())


def blocks(markdown: str) -> list[tuple[str, str]]:
    """(kind, text) in order; kind is "title", "heading", "paragraph" or "page"; a paragraph's lines are joined."""
    found: list[tuple[str, str]] = []
    for block in markdown.split("\n\n"):
        text = " ".join(block.split())
        if text == "<!-- page -->":
            found.append(("page", ""))
        elif text.startswith("## "):
            found.append(("heading", text[3:]))
        elif text.startswith("# "):
            found.append(("title", text[2:]))
        elif text:
            found.append(("paragraph", text))
    return found


if __name__ == "__main__":
    TARGET.write_bytes(make())
