"""Presentations: a page a slide with title, texts, tables, charts and notes; hidden slides and shapes stay apart."""

from __future__ import annotations

from typing import Any

import pptx
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches, Pt

from ingest.documents.model import PPTX
from tests.unit.ingest.extraction.reading import codes, headings, lines, read, saved

_CONTENT, _TITLE_ONLY, _BLANK = 1, 5, 6


def slide(deck: Any, layout: int, title: str = "") -> Any:
    made = deck.slides.add_slide(deck.slide_layouts[layout])
    if title:
        made.shapes.title.text = title
    return made


def test_titles_points_and_notes_are_read_slide_by_slide() -> None:
    deck = pptx.Presentation()
    first = slide(deck, _CONTENT, "Welcome")
    frame = first.placeholders[1].text_frame
    frame.text = "Breakfast from seven"
    frame.add_paragraph().text = "Pool until ten"
    first.notes_slide.notes_text_frame.text = "Say hello to everybody."
    slide(deck, _TITLE_ONLY, "Goodbye")
    deck.core_properties.title, deck.core_properties.author = "Guest tour", "Anna Quay"
    found = read(saved(deck), PPTX)
    assert (found.page_kind, [page.number for page in found.pages]) == ("slide", [1, 2])
    assert headings(found) == [(1, "Welcome")]
    wanted = ["Welcome", "- Breakfast from seven", "- Pool until ten", "Notes:", "Say hello to everybody."]
    assert lines(found) == wanted
    assert lines(found, 2) == ["Goodbye"]
    assert (found.title, found.metadata["author"], found.metadata["pages"]) == ("Guest tour", "Anna Quay", 2)


def test_tables_keep_names_and_merged_cells() -> None:
    deck = pptx.Presentation()
    rows = slide(deck, _BLANK).shapes.add_table(4, 3, 0, 0, Inches(6), Inches(2)).table
    for number, row in enumerate(
        (
            ("Room", "Season", "Price"),
            ("Lighthouse", "Summer", "120"),
            ("", "Winter", "90"),
            ("Barn", "closed", ""),
        )
    ):
        for column, text in enumerate(row):
            rows.cell(number, column).text = text
    rows.cell(1, 0).merge(rows.cell(2, 0))
    rows.cell(3, 1).merge(rows.cell(3, 2))
    assert lines(read(saved(deck), PPTX)) == [
        "Room: Lighthouse; Season: Summer; Price: 120.",
        "Room: Lighthouse; Season: Winter; Price: 90.",
        "Room: Barn; Season: closed; Price: closed.",
    ]


def test_charts_say_what_they_were_drawn_from() -> None:
    deck = pptx.Presentation()
    data = CategoryChartData()
    data.categories = ["May", "June"]
    data.add_series("Guests", (120, 140))
    data.add_series("Nights", (300, 410.5))
    where = (Inches(1), Inches(1), Inches(5), Inches(4))
    chart = slide(deck, _BLANK).shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *where, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Our spring"
    assert lines(read(saved(deck), PPTX)) == [
        "Our spring",
        "May; Guests: 120; Nights: 300.",
        "June; Guests: 140; Nights: 410.5.",
    ]


def test_hidden_slides_and_shapes_off_the_slide_are_left_out_and_said() -> None:
    deck = pptx.Presentation()
    slide(deck, _TITLE_ONLY, "Costs of ours")._element.set("show", "0")  # it has no other way in
    second = slide(deck, _TITLE_ONLY, "Prices")
    second.shapes.add_textbox(Inches(-5), 0, Inches(2), Inches(1)).text_frame.text = "off the slide"
    tiny = second.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame
    tiny.text = "too small"
    tiny.paragraphs[0].runs[0].font.size = Pt(1)
    found = read(saved(deck), PPTX)
    assert [page.text for page in found.pages] == ["", "Prices"]
    assert set(found.hidden) == {"Costs of ours", "off the slide", "too small"}
    assert codes(found) == [("hidden_text", 1), ("hidden_text", 2)]


def test_texts_in_groups_are_read_and_raised_digits_stay_raised() -> None:
    deck = pptx.Presentation()
    group = slide(deck, _BLANK).shapes.add_group_shape()
    paragraph = group.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.paragraphs[0]
    paragraph.add_run().text = "120"
    mark = paragraph.add_run()
    mark.text = "1"
    mark._r.get_or_add_rPr().set("baseline", "30000")
    paragraph.add_run().text = " euros"
    assert lines(read(saved(deck), PPTX)) == ["120¹ euros"]
