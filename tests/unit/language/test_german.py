"""German times, read on Saturday, 21 November 2026, at 10:00 in Berlin."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tools.calendars.language import read, settle
from tools.calendars.language.german import GERMAN

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
MEANT = {
    "morgen um halb drei": "2026-11-22 14:30",
    "übermorgen um fünfzehn Uhr dreißig": "2026-11-23 15:30",
    "am Montag um viertel nach neun": "2026-11-23 09:15",
    "Dienstag viertel vor fünf": "2026-11-24 16:45",
    "am dritten Dezember um acht Uhr abends": "2026-12-03 20:00",
    "Montag den dreißigsten um zwölf": "2026-11-30 12:00",
    "heute Abend um acht": "2026-11-21 20:00",
    "morgen früh um neun": "2026-11-22 09:00",
    "fünf vor halb vier morgen": "2026-11-22 15:25",
    "in anderthalb Stunden": "2026-11-21 11:30",
    "am 3. Dezember um 14 Uhr": "2026-12-03 14:00",
    "am ersten Montag nächsten Monats um zehn Uhr dreißig": "2026-12-07 10:30",
    "Dienstag, nein, Freitag um vier": "2026-11-27 16:00",
    "heute in einer Woche um drei": "2026-11-28 15:00",
    "Abendessen am Freitag um sieben": "2026-11-27 19:00",
    "drei Tage vor Weihnachten": "2026-12-22",
    "Ende des Monats": "2026-11-30",
    "nächstes Wochenende": "2026-11-28",
    "Freitag in zwei Wochen": "2026-12-11",
    "Ostermontag": "2027-03-29",
    "guten Morgen, einen Termin am Freitag um elf": "2026-11-27 11:00",
    "ich kann am Freitag nicht, Donnerstag um drei": "2026-11-26 15:00",
}
RULES = {
    "jeden zweiten Montag um neun": "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO",
    "am letzten Freitag jedes Monats": "FREQ=MONTHLY;BYDAY=-1FR",
    "täglich um sieben Uhr abends bis zum ersten Dezember": "FREQ=DAILY;UNTIL=20261201T225959Z",
    "jeden Dienstag sechs Wochen lang um neun": "FREQ=WEEKLY;BYDAY=TU;COUNT=6",
    "zweimal die Woche am Montag und Donnerstag um zehn": "FREQ=WEEKLY;BYDAY=MO,TH",
    "am fünfzehnten jedes Monats": "FREQ=MONTHLY;BYMONTHDAY=15",
    "jedes Jahr am dritten März": "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3",
    "werktags um acht Uhr fünfzehn": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_moments(text: str, meant: str) -> None:
    reading = read(text, NOW, GERMAN)
    assert reading.best is not None
    assert reading.settled
    assert (str(reading.best.start)[:16] if reading.best.start else str(reading.best.day)) == meant


@pytest.mark.parametrize(("text", "rule"), RULES.items())
def test_series(text: str, rule: str) -> None:
    found = read(text, NOW, GERMAN).best
    assert found is not None
    assert found.rrule == rule


def test_doubts_are_kept_in_german_too() -> None:
    asked = read("morgen um sieben", NOW, GERMAN)
    assert asked.ask == "am_or_pm"
    settled = settle(asked, "abends", GERMAN).best
    assert settled is not None
    assert str(settled.start) == "2026-11-22 19:00:00"
    assert read("dreißigster Februar", NOW, GERMAN).problem == "no_such_day"
    assert read("Montag den vierundzwanzigsten", NOW, GERMAN).problem == "weekday_mismatch"


def test_spans_lead_to_the_german_words() -> None:
    text = "Zahnarzt am Montag um halb drei bitte"
    assert [text[start:end] for start, end in read(text, NOW, GERMAN).spans] == ["am Montag", "um halb drei"]
