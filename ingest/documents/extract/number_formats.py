"""Numbers of a workbook as its cells show them: dates, times, percents, currencies, thousands. Writes nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ingest.documents.extract.ooxml import Package, S

_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy-mm-dd",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm",
    19: "h:mm:ss",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy-mm-dd h:mm",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    44: "#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss",
}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[(?!\$|h|m|s)[^\]]*\]", re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_PATTERN = re.compile(r"[#0?][#0?,]*(?:\.[0#?]+)?")
_SCALED = re.compile(_PATTERN.pattern + ",*")
_SCALE = re.compile(r"[#0?](,+)(?![#0?,])")  # commas behind the digits: thousands, millions
_LAST_DAY = 2_958_466  # 10000-01-01


class NumberFormats:
    """The formats of a workbook's cell styles."""

    def __init__(self, package: Package, main: str, *, is_1904: bool) -> None:
        self._start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  # cells know no zone
        self._codes: list[str] = []
        for part in package.related(main, "styles"):
            root = package.xml(part)
            own = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter(f"{S}numFmt")}
            for cell in root.iterfind(f"{S}cellXfs/{S}xf"):
                number = cell.get("numFmtId", "0")
                self._codes.append(own.get(number) or _BUILT_IN.get(int(number) if number.isdigit() else 0, ""))

    def shown(self, value: str, style: int) -> str:
        """``value`` as written in the file; itself when it is no number."""
        try:
            number = float(value)
        except ValueError:
            return value
        code = self._codes[style] if style < len(self._codes) else ""
        section, *others = code.split(";")
        if (
            number == 0
            and len(others) > 1
            and (word := _said(others[1]).strip(" -"))
            and not _PATTERN.search(others[1])
        ):
            return word  # "free" in place of 0
        bare = _BRACKETS.sub("", _QUOTED.sub("", section))
        if _DATE.search(_CURRENCY.sub("", bare)) and "general" not in bare.lower() and 0 <= number < _LAST_DAY:
            return self._moment(number, bare)
        return _number(number, section, bare)

    def _moment(self, number: float, code: str) -> str:
        if code.lower().startswith("[h"):
            return _duration(number, has_seconds="s" in code.lower())
        when = self._start + timedelta(seconds=round(number * 86_400))
        has_date = bool(re.search(r"[yd]", code, re.IGNORECASE)) or "mmm" in code.lower()
        has_time = bool(re.search(r"[hs]", code, re.IGNORECASE))
        time = f"{when:%H:%M:%S}" if "s" in code.lower() and when.second else f"{when:%H:%M}"
        if has_date and not has_time and not re.search("d", code, re.IGNORECASE):  # only a month, or only a year
            return f"{when:%Y-%m}" if "m" in code.lower() else f"{when:%Y}"
        if has_date:
            return f"{when:%Y-%m-%d} {time}" if has_time else f"{when:%Y-%m-%d}"
        return time if has_time else f"{when:%Y-%m-%d}"


def _duration(days: float, *, has_seconds: bool) -> str:
    seconds = round(days * 86_400) if has_seconds else round(days * 1440) * 60
    rest = f":{seconds % 60:02d}" if has_seconds and seconds % 60 else ""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}{rest}"


def _number(number: float, section: str, code: str) -> str:
    pattern = _PATTERN.search(_CURRENCY.sub("", code))
    is_percent = "%" in code
    number = number * 100 if is_percent else number
    if pattern is None or re.search(r"E[+-]|/", code):  # powers of ten and fractions: the number itself is clearer
        return f"{plain(number)}%" if is_percent else plain(number)
    scale = _SCALE.search(code)
    number /= 1000 ** len(scale[1]) if scale else 1
    shape = pattern[0].rstrip(",")
    decimals = len(shape.partition(".")[2])
    before, _, after = _signs(section).partition("\0")
    if "\1" in after:  # digits in groups of their own, as in a telephone number
        return plain(number)
    text = f"{number:,.{decimals}f}" if "," in shape.partition(".")[0] else f"{number:.{decimals}f}"
    width = shape.partition(".")[0].count("0")
    if number >= 0 and "," not in shape and width > 1:  # numbers that are names: 00042
        text = text.zfill(width + (decimals + 1 if decimals else 0))
    for _ in range(len(shape) - len(shape.rstrip("#?")) if decimals else 0):  # places that may stay empty
        text = text.removesuffix("0").removesuffix(".")
    return f"{before}{text}{'%' if is_percent else ''}{after}"


def _signs(section: str) -> str:
    """What stands before and after the digits, apart from a NUL between them: currencies and units."""
    section = _CURRENCY.sub(lambda match: f'"{match[1]}"', section)
    section = re.sub(r"\[[^\]]*\]|_.|\*.", "", section)
    found = _SCALED.search(re.sub(r'"[^"]*"', lambda match: "\1" * len(match[0]), section))
    if found is None:
        return "\0"
    before, after = section[: found.start()], section[found.end() :]
    if _PATTERN.search(re.sub(r'"[^"]*"', "", after)):
        return "\0\1"
    return f"{_said(before)}\0{_said(after)}"


def _said(literal: str) -> str:
    """Quoted and escaped letters as they are; of the others, those that are no signs of a format."""
    parts = re.split(r'"([^"]*)"|\\(.)', literal)  # between the matches: what is neither quoted nor escaped
    text = ""
    for number, part in enumerate(parts):
        text += re.sub(r"[#0?.,%]|E[+-]|General", "", part or "") if number % 3 == 0 else part or ""
    return text


def plain(number: float) -> str:
    """As a cell without a format shows it."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.10g}"
