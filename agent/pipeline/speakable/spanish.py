"""Spanish: numbers, dates and clock as they are said, signs and abbreviations."""

import re

from agent.pipeline.speakable.table import Currency, Reader, Tongue, Words

_ONES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
).split()
_TENS = "_ _ _ treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_HUNDREDS = (
    "_ ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos".split()
)
_ORDINALS = "cero primero segundo tercero cuarto quinto sexto séptimo octavo noveno décimo".split()
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip


def cardinal(number: int) -> str:
    """234 -> "doscientos treinta y cuatro"."""
    if number < 0:
        return f"menos {cardinal(-number)}"
    if number < 30:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return f"{_TENS[tens]} y {_ONES[ones]}" if ones else _TENS[tens]
    if number < 1000:
        count, rest = divmod(number, 100)
        return f"{_HUNDREDS[count]} {cardinal(rest)}" if rest else "cien" if count == 1 else _HUNDREDS[count]
    if number < 10**6:
        count, rest = divmod(number, 1000)
        head = "mil" if count == 1 else f"{before_noun(cardinal(count))} mil"
        return f"{head} {cardinal(rest)}" if rest else head
    return _large(number)


def _large(number: int) -> str:
    size, one, many = (10**12, "un billón", "billones") if number >= 10**12 else (10**6, "un millón", "millones")
    count, rest = divmod(number, size)
    head = one if count == 1 else f"{before_noun(cardinal(count))} {many}"
    return f"{head} {cardinal(rest)}" if rest else head


def before_noun(words: str) -> str:
    """ "veintiuno" in front of a noun is "veintiún"."""
    if words.endswith("veintiuno"):
        return words[:-3] + "ún"
    return words[:-1] if words == "uno" or words.endswith(" uno") else words


def ordinal(number: int) -> str:
    return _ORDINALS[number] if number < len(_ORDINALS) else cardinal(number)


def date(day: int, month: int, of_year: int | None, before: str = "") -> str:
    """(24, 11, 2026) -> "veinticuatro de noviembre de dos mil veintiséis"."""
    spoken = f"{'primero' if day == 1 else cardinal(day)} de {MONTHS[month - 1]}"
    return f"{spoken} de {cardinal(of_year)}" if of_year is not None else spoken


def clock(hour: int, minute: int, half: str = "") -> str:
    """(14, 30) -> "catorce treinta"; (9, 0, "am") -> "nueve de la mañana"."""
    part = ""
    if half:
        part = " de la mañana" if half == "am" else " de la noche" if 8 <= hour < 12 else " de la tarde"
    one = "una" if hour == 1 else "veintiuna" if hour == 21 else cardinal(hour)
    minutes = (
        ""
        if not minute
        else " y media"
        if half and minute == 30
        else f" {cardinal(minute)}"
        if minute > 9
        else f" cero {cardinal(minute)}"
    )
    return f"{one}{minutes}{part}"


def fraction(above: int, below: int) -> str:
    """(3, 4) -> "tres cuartos"."""
    names = {
        2: ("medio", "medios"),
        3: ("tercio", "tercios"),
        **{n: (_ORDINALS[n], _ORDINALS[n] + "s") for n in range(4, 11)},
    }
    if below not in names or above >= below:
        return f"{cardinal(above)} entre {cardinal(below)}"
    return f"{before_noun(cardinal(above))} {names[below][above != 1]}"


def money(units: int, parts: int, currency: Currency) -> str:
    """(12, 50, euros) -> "doce euros con cincuenta"."""
    said = currency.one if units == 1 else f"{before_noun(cardinal(units))} {currency.many}"
    if parts and units:
        return f"{said} con {cardinal(parts)}"
    return (
        currency.part_one if parts == 1 else f"{before_noun(cardinal(parts))} {currency.part_many}" if parts else said
    )


_OWN: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"\b[Ee]tc\.(?=\s+[A-ZÁÉÍÓÚÑ¿¡]|\s*$)"), lambda _: "etcétera."),
    (re.compile(r"(?<![\w.,])(?P<n>[13])\.?º(?=\s+[a-záéíóúñ])"), lambda m: "primer" if m["n"] == "1" else "tercer"),
    (re.compile(r"(?<![\w.,])(?P<n>\d{1,2})\.?[ºo]\b|(?<![\w.,])(?P<m>\d{1,2})\.?º"),
     lambda m: ordinal(int(m["n"] or m["m"]))),
    (re.compile(r"(?<![\w.,])(?P<n>\d{1,2})\.?ª"), lambda m: re.sub("o$", "a", ordinal(int(m["n"])))),
)  # fmt: skip
_EURO = Currency("un euro", "euros", "un céntimo", "céntimos")
_DOLLAR = Currency("un dólar", "dólares", "un centavo", "centavos")
_POUND = Currency("una libra", "libras", "un penique", "peniques")

SPANISH = Tongue(
    code="es",
    cardinal=cardinal,
    ordinal=ordinal,
    year=cardinal,
    clock=clock,
    date=date,
    day_month=date,
    fraction=fraction,
    money=money,
    months=MONTHS,
    short_months={
        "ene": 1, "feb": 2, "mar": 3, "abr": 4, "jun": 6, "jul": 7, "ago": 8, "sept": 9, "sep": 9, "oct": 10,
        "nov": 11, "dic": 12,
    },
    short_days={
        "lun": "lunes", "mié": "miércoles", "jue": "jueves", "vie": "viernes", "sáb": "sábado", "dom": "domingo",
    },
    units={
        "km": ("un kilómetro", "kilómetros"), "m": ("un metro", "metros"), "cm": ("un centímetro", "centímetros"),
        "mm": ("un milímetro", "milímetros"), "kg": ("un kilo", "kilos"), "g": ("un gramo", "gramos"),
        "mg": ("un miligramo", "miligramos"), "l": ("un litro", "litros"), "ml": ("un mililitro", "mililitros"),
        "km/h": ("un kilómetro por hora", "kilómetros por hora"), "m/s": ("un metro por segundo", "metros por segundo"),
        "m²": ("un metro cuadrado", "metros cuadrados"), "m³": ("un metro cúbico", "metros cúbicos"),
        "°C": ("un grado Celsius", "grados Celsius"), "ºC": ("un grado Celsius", "grados Celsius"),
        "°": ("un grado", "grados"), "h": ("una hora", "horas"), "min": ("un minuto", "minutos"),
        "s": ("un segundo", "segundos"), "kW": ("un kilovatio", "kilovatios"),
        "kWh": ("un kilovatio hora", "kilovatios hora"), "MB": ("un megabyte", "megabytes"),
        "GB": ("un gigabyte", "gigabytes"),
    },
    currencies={"€": _EURO, "EUR": _EURO, "$": _DOLLAR, "USD": _DOLLAR, "£": _POUND, "GBP": _POUND},
    scales={"mill.": "millones de", "millones de": "millones de", "M": "millones de", "mil": "mil"},
    abbreviations={
        "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Dr.": "doctor", "Dra.": "doctora", "D.": "don",
        "Dña.": "doña", "p. ej.": "por ejemplo", "p.ej.": "por ejemplo", "etc.": "etcétera",
        "aprox.": "aproximadamente",
        "máx.": "máximo", "mín.": "mínimo", "Avda.": "avenida", "Av.": "avenida", "C/": "calle", "n.º": "número",
        "núm.": "número", "N.º": "número", "pág.": "página", "págs.": "páginas", "tel.": "teléfono", "Tel.": "teléfono",
        "Ud.": "usted", "Uds.": "ustedes", "EE. UU.": "Estados Unidos", "EE.UU.": "Estados Unidos", "incl.": "incluido",
    },
    acronyms={},
    spelled=frozenset("UE USA API ID IP PC TV URL DNI-".split()),
    openers=frozenset("en de desde hasta año el la las los del a al y ee p n lunes martes".split()),
    words=Words(
        to="a", at="arroba", dot="punto", dash="guion", underscore="guion bajo", slash="barra", point="coma",
        minus="menos", plus="más", times="por", by="por", equals="igual a", about="unos", plus_or_minus="más menos",
        less_than="menos de", more_than="más de", at_most="como máximo", at_least="al menos", per="por",
        percent="por ciento", per_mille="por mil", number="número", section="artículo", version="versión",
        extension="extensión", yes="sí", no="no", and_="y", date_at="a las",
        code="El código está en la respuesta escrita.",
    ),
    decimal_mark=",",
    day_first=True,
    clock_word=r"(?:h|hs|hrs|horas)\b\.?",
    year_words="en|de|desde|hasta|año|primavera|verano|otoño|invierno",
    before_noun=before_noun,
    own=_OWN,
)  # fmt: skip
