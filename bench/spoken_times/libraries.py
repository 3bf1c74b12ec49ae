"""Libraries that read dates, scored on the same phrases; each only where it can be imported.

Run by ``bench.spoken_times --python PATH`` in an environment of its own: none of them belongs to the project. Scored
kindly: a time that is midnight or now counts as not said, and of several values the one in working hours comes first.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.evals.language.scoring import Heard, load, score

Listen = Callable[[str, str, datetime], Heard]
_PARTS = {("08:00", "12:00"): "morning", ("12:00", "16:00"): "afternoon", ("16:00", "20:00"): "evening"}
_RULE_PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTH", "BYMONTHDAY", "COUNT", "UNTIL")


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    report: dict[str, Any] = {}
    for name, make in READERS.items():
        try:
            listen = make()
        except ImportError:
            print(f"{name} is not here", file=sys.stderr)
            continue
        report[name] = {
            part: dict(Counter(score(line, _safely(listen)).outcome for line in load(part)))
            for part in ("held_in", "held_out", "tuned_after_first_run")
        }
    print(json.dumps(report))


def _safely(listen: Listen) -> Listen:
    def listening(said: str, answer: str, now: datetime) -> Heard:
        try:
            return listen(f"{said} {answer}".strip(), "", now)
        except Exception:
            return Heard()

    return listening


def _dateparser() -> Listen:
    parse = importlib.import_module("dateparser").parse

    def listen(said: str, _: str, now: datetime) -> Heard:
        base = now.replace(tzinfo=None)
        found = parse(said, languages=["en"], settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future"})
        return _heard(found, base)

    return listen


def _parsedatetime() -> Listen:
    calendar = importlib.import_module("parsedatetime").Calendar()

    def listen(said: str, _: str, now: datetime) -> Heard:
        base = now.replace(tzinfo=None)
        found, flag = calendar.parseDT(said, sourceTime=base)
        return Heard() if not flag else _heard(found if flag > 1 else found.date(), base)

    return listen


def _recurrent() -> Listen:
    event = importlib.import_module("recurrent").RecurringEvent
    rrulestr = importlib.import_module("dateutil.rrule").rrulestr

    def listen(said: str, _: str, now: datetime) -> Heard:
        base = now.replace(tzinfo=None)
        found = event(now_date=base).parse(said)
        if not isinstance(found, str):
            return _heard(found, base)
        rule = found.rpartition("RRULE:")[2]
        parts = dict(part.split("=", 1) for part in rule.split(";"))
        first = rrulestr(rule, dtstart=base.replace(second=0)).after(base)
        kept = ";".join(f"{name}={parts[name]}" for name in _RULE_PARTS if parts.get(name, "1") != "1")
        timed = "BYHOUR" in parts
        moment = {"start": first.isoformat(timespec="minutes")} if timed else {"day": first.date().isoformat()}
        return Heard(({**moment, "rrule": kept},))

    return listen


def _timefhuman() -> Listen:
    module = importlib.import_module("timefhuman")

    def listen(said: str, _: str, now: datetime) -> Heard:
        base = now.replace(tzinfo=None)
        found = module.timefhuman(said, config=module.tfhConfig(now=base))
        return _heard(found[0] if isinstance(found, list) and found else found or None, base)

    return listen


def _ctparse() -> Listen:
    parse = importlib.import_module("ctparse").ctparse

    def listen(said: str, _: str, now: datetime) -> Heard:
        base = now.replace(tzinfo=None)
        found = parse(said, ts=base, timeout=1)
        value = found.resolution if found else None
        if value is None:
            return Heard()
        if hasattr(value, "t_from"):
            return _heard((value.t_from.dt, value.t_to.dt), base) if value.t_from and value.t_to else Heard()
        return _heard(value.dt if value.isDateTime or value.isTimeOfDay else value.dt.date(), base)

    return listen


def _recognizers() -> Listen:
    module = importlib.import_module("ms_recognizers_date_time")
    model = module.DateTimeRecognizer("en-us").get_datetime_model()

    def listen(said: str, _: str, now: datetime) -> Heard:
        base = now.replace(tzinfo=None)
        meanings: list[dict[str, Any]] = []
        for result in model.parse(said, base)[:1]:
            for value in (result.resolution or {}).get("values", []):
                meanings += _recognized(value, base)
        ahead = [one for one in meanings if (one.get("start") or one.get("day", "")) >= base.date().isoformat()]
        ahead.sort(key=lambda one: not _working(one))
        return Heard(tuple(ahead or meanings), len([one for one in ahead if _working(one)]) > 1)

    return listen


def _working(meaning: dict[str, Any]) -> bool:
    return "start" not in meaning or 7 <= int(meaning["start"][11:13]) <= 19


def _recognized(value: dict[str, str], base: datetime) -> list[dict[str, Any]]:
    kind = value.get("type", "")
    if kind == "date":
        return [{"day": value["value"]}]
    if kind in {"datetime", "time"}:
        text = value["value"] if kind == "datetime" else f"{base.date().isoformat()} {value['value']}"
        return [{"start": text.replace(" ", "T")[:16]}]
    if kind in {"datetimerange", "timerange"} and "start" in value and "end" in value:
        prefix = "" if kind == "datetimerange" else f"{base.date().isoformat()} "
        start, end = (f"{prefix}{value[name]}".replace(" ", "T")[:16] for name in ("start", "end"))
        part = _PARTS.get((start[11:], end[11:]))
        if part:
            return [{"day": start[:10], "part": part}]
        return [{"start": start, "end": end}]
    if kind == "daterange" and "start" in value and "end" in value:
        last = date.fromisoformat(value["end"]) - timedelta(days=1)
        return [{"day": value["start"], "last_day": last.isoformat()}]
    return []


def _heard(found: Any, base: datetime) -> Heard:
    if isinstance(found, tuple) and len(found) == 2 and all(isinstance(part, datetime) for part in found):
        start, end = (part.replace(tzinfo=None).isoformat(timespec="minutes") for part in found)
        return Heard(({"start": start, "end": end},))
    if isinstance(found, time):
        found = datetime.combine(base.date(), found)
    if isinstance(found, datetime):
        found = found.replace(tzinfo=None)
        unsaid = found.time() == time(0) or (found.hour, found.minute) == (base.hour, base.minute)
        return Heard(({"day": found.date().isoformat()} if unsaid else {"start": found.isoformat("T", "minutes")},))
    return Heard(({"day": found.isoformat()},)) if isinstance(found, date) else Heard()


READERS: dict[str, Callable[[], Listen]] = {
    "dateparser": _dateparser,
    "parsedatetime": _parsedatetime,
    "recurrent": _recurrent,
    "timefhuman": _timefhuman,
    "ctparse": _ctparse,
    "ms-recognizers": _recognizers,
}

if __name__ == "__main__":
    main()
