"""Tables as text: every delimiter, quoting, encoding and header there is in the wild."""

from __future__ import annotations

import pytest

from ingest.documents.model import CSV
from tests.unit.ingest.extraction.reading import lines, read

ROWS = ["Room: Lighthouse; Price: 120.", "Room: Boathouse; Price: 80."]


@pytest.mark.parametrize(
    "source",
    [
        "Room,Price\nLighthouse,120\nBoathouse,80\n",
        "Room;Price\nLighthouse;120\nBoathouse;80\n",
        "Room\tPrice\r\nLighthouse\t120\r\nBoathouse\t80\r\n",
        "Room|Price\nLighthouse|120\nBoathouse|80",
        "sep=;\r\nRoom;Price\r\nLighthouse;120\r\nBoathouse;80\r\n",
        "\ufeffRoom,Price\nLighthouse,120\nBoathouse,80\n",
        '"Room","Price"\n"Lighthouse","120"\n\n"Boathouse","80"\n',
        "Room:,Price:\rLighthouse,120\rBoathouse,80\r",
        "Room,Price\nLighthouse,120\nRoom,Price\nBoathouse,80\n",
    ],
    ids=["commas", "semicolons", "tabs", "bars", "Excel's line", "mark", "quotes", "old Mac", "names again"],
)
def test_every_usual_table_gives_its_rows_with_names(source: str) -> None:
    assert lines(read(source.encode(), CSV)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_tables_of_every_usual_encoding_are_read(encoding: str) -> None:
    source = "Zimmer;Preis\nGrüner Salon;120,50\nKüche;80,00\n"
    assert lines(read(source.encode(encoding), CSV)) == [
        "Zimmer: Grüner Salon; Preis: 120,50.",
        "Zimmer: Küche; Preis: 80,00.",
    ]


def test_quoted_cells_may_hold_lines_quotes_and_delimiters() -> None:
    source = 'Room,"Opening\nhours",Note\nPool,"7-12,\n14-22","the ""big"" one"\nBar,17-1,"it\'s 5"" high"\n'
    assert lines(read(source.encode(), CSV)) == [
        'Room: Pool; Opening hours: 7-12, 14-22; Note: the "big" one.',
        "Room: Bar; Opening hours: 17-1; Note: it's 5\" high.",
    ]


def test_titles_above_the_names_stand_alone() -> None:
    source = b"Price list 2026,,\n,,\nRoom,Seats,Price\nLighthouse,12,120\n"
    assert lines(read(source, CSV)) == ["Price list 2026.", "Room: Lighthouse; Seats: 12; Price: 120."]


def test_rows_longer_or_shorter_than_their_names_keep_what_they_have() -> None:
    source = b"Room,Price\nLighthouse,120,with a view\nBoathouse\n"
    assert lines(read(source, CSV)) == ["Room: Lighthouse; Price: 120; with a view.", "Room: Boathouse."]


def test_a_table_without_names_gets_none() -> None:
    source = b"Lighthouse,12,120\nBoathouse,30,80\nCellar,8,60\n"
    assert lines(read(source, CSV)) == ["Lighthouse | 12 | 120.", "Boathouse | 30 | 80.", "Cellar | 8 | 60."]


def test_right_to_left_tables_are_read() -> None:
    assert lines(read("חדר,מחיר\nמגדלור,120\nסירה,80\n".encode(), CSV))[0] == "חדר: מגדלור; מחיר: 120."
