"""Spanish times, read on Saturday, 21 November 2026, at 10:00 in Madrid."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tools.calendars.language import LANGUAGES, read, settle

SPANISH = LANGUAGES["es"]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Madrid"))
MEANT = {
    "mañana a las tres y media": "2026-11-22 15:30",
    "pasado mañana a las cinco": "2026-11-23 17:00",
    "el martes a las cinco menos cuarto": "2026-11-24 16:45",
    "el viernes a las ocho de la noche": "2026-11-27 20:00",
    "mañana por la mañana a las nueve": "2026-11-22 09:00",
    "el veintitrés de noviembre a las nueve y cuarto de la mañana": "2026-11-23 09:15",
    "el lunes que viene a las once": "2026-11-23 11:00",
    "esta noche a las ocho": "2026-11-21 20:00",
    "de dos a cuatro de la tarde el jueves": "2026-11-26 14:00",
    "entre las diez y las once mañana": "2026-11-22 10:00",
    "dentro de dos horas": "2026-11-21 12:00",
    "en una hora y media": "2026-11-21 11:30",
    "martes, no, viernes a las cuatro": "2026-11-27 16:00",
    "tres días antes de Navidad": "2026-12-22",
    "de lunes a miércoles": "2026-11-23",
    "la semana que viene": "2026-11-23",
    "a final de mes": "2026-11-30",
}
RULES = {
    "cada lunes a las nueve": "FREQ=WEEKLY;BYDAY=MO",
    "todos los martes y jueves a las seis": "FREQ=WEEKLY;BYDAY=TU,TH",
    "todos los días a las siete de la tarde hasta el uno de diciembre": "FREQ=DAILY;UNTIL=20261201T225959Z",
    "el último viernes de cada mes": "FREQ=MONTHLY;BYDAY=-1FR",
    "el quince de cada mes": "FREQ=MONTHLY;BYMONTHDAY=15",
    "cada dos semanas el viernes a las once": "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
}


@pytest.mark.parametrize(("text", "meant"), MEANT.items())
def test_moments(text: str, meant: str) -> None:
    reading = read(text, NOW, SPANISH)
    assert reading.best is not None
    assert reading.settled
    assert (str(reading.best.start)[:16] if reading.best.start else str(reading.best.day)) == meant


@pytest.mark.parametrize(("text", "rule"), RULES.items())
def test_series(text: str, rule: str) -> None:
    found = read(text, NOW, SPANISH).best
    assert found is not None
    assert found.rrule == rule


def test_doubts_are_kept_in_spanish_too() -> None:
    asked = read("mañana a las siete", NOW, SPANISH)
    assert asked.ask == "am_or_pm"
    settled = settle(asked, "de la tarde", SPANISH).best
    assert settled is not None
    assert str(settled.start) == "2026-11-22 19:00:00"
    assert read("el treinta de febrero", NOW, SPANISH).problem == "no_such_day"
