"""Spanish: its words, and its turns of phrase as the normal text of `english` has them. Data only.

Words are mapped one by one first (`same`), so the patterns of the phrases see English words and digits.
"""

from __future__ import annotations

from tools.calendars.language.table import Language

_UNITS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve"
).split()
_TWENTIES = (
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
).split()
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ORDINALS = {
    "primer": 1, "primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercer": 3, "tercero": 3, "tercera": 3,
    "cuarto": 4, "quinto": 5,
}  # fmt: skip
_SAME = {
    "lunes": "monday", "martes": "tuesday", "miércoles": "wednesday", "miercoles": "wednesday", "jueves": "thursday",
    "viernes": "friday", "sábado": "saturday", "sabado": "saturday", "domingo": "sunday", "sábados": "saturdays",
    "domingos": "sundays", "enero": "january", "febrero": "february", "marzo": "march", "abril": "april",
    "mayo": "may", "junio": "june", "julio": "july", "agosto": "august", "septiembre": "september",
    "octubre": "october", "noviembre": "november", "diciembre": "december", "hoy": "today", "ayer": "yesterday",
    "hora": "hour", "horas": "hours", "minuto": "minute", "minutos": "minutes", "día": "day", "dia": "day",
    "días": "days", "dias": "days", "semana": "week", "semanas": "weeks", "mes": "month", "meses": "months",
    "año": "year", "años": "years", "mediodía": "noon", "mediodia": "noon", "medianoche": "midnight",
    "tarde": "tarde", "noche": "night", "cada": "every", "todos": "every", "todas": "every", "diariamente": "daily",
    "semanalmente": "weekly", "mensualmente": "monthly", "anualmente": "annually", "en": "in", "dentro": "in",
    "desde": "from", "hasta": "until", "entre": "between", "y": "and", "o": "or", "para": "for", "durante": "for",
    "el": "the", "la": "the", "las": "the", "los": "the", "un": "a", "una": "a", "unos": "a couple of", "a": "at",
    "al": "to the", "del": "of the", "de": "of", "por": "in", "próximo": "next", "próxima": "next",
    "proximo": "next", "proxima": "next", "viene": "coming", "este": "this", "esta": "this", "último": "last",
    "última": "last", "ultimo": "last", "pasado": "past", "media": "half", "menos": "less", "cuarto": "quarter",
    "no": "no", "perdón": "sorry", "mejor": "rather", "antes": "before", "después": "after", "despues": "after",
    "final": "end", "finales": "end", "fin": "end", "principios": "beginning", "navidad": "christmas",
    "nochebuena": "christmas eve", "nochevieja": "new years eve", "veces": "times", "vez": "times", "sí": "yes",
    "cena": "dinner", "desayuno": "breakfast", "laborable": "weekday", "laborables": "weekday", "excepto": "except",
}  # fmt: skip

SPANISH = Language(
    code="es",
    units={word: value for value, word in enumerate(_UNITS)} | {"dieciseis": 16},
    tens={"veinte": 20},
    ordinals={word: value for word, value in _ORDINALS.items() if word != "cuarto"},
    numbers={word: value for value, word in enumerate(_TWENTIES, 21)}
    | {"treinta": 30, "cuarenta": 40, "cincuenta": 50, "veintiún": 21},
    same=_SAME,
    phrases=(
        (r"30 and (?:1|uno)", "31"), (r"40 and 5", "45"),
        (r"(before|after) of", r"\1"), (rf"of ({_DAYS}) at ({_DAYS})", r"\1 to \2"),
        (r"of (?:the )?(\d{1,2}) at (?:the )?(\d{1,2})", r"from \1 to \2"),
        (r"between (?:the )?(\d{1,2}) and (?:the )?(\d{1,2})", r"between \1 and \2"),
        (r"past mañana|day after mañana", "day after tomorrow"), (r"(?:in|of|at) the mañana", "in the morning"),
        (rf"({_DAYS}) in the mañana", r"\1 morning"), (r"this mañana", "this morning"),
        (r"every the mañanas|every the mornings", "every morning"), (r"mañana", "tomorrow"),
        (r"(?:in|of|at) the tarde", "in the afternoon"), (r"(?:in|of|at) the night", "in the evening"),
        (r"this tarde", "this afternoon"), (r"this night", "tonight"),
        (r"(?:at )?(?:the )?(\d{1,2}) and half", r"at half past \1"),
        (r"(?:at )?(?:the )?(\d{1,2}) and quarter", r"at quarter past \1"),
        (r"(?:at )?(?:the )?(\d{1,2}) less quarter", r"at quarter to \1"),
        (r"(?:at )?(?:the )?(\d{1,2}) less (5|10|20|25)", r"at \2 to \1"),
        (r"(?:at )?(?:the )?(\d{1,2}) and (5|10|20|25|45)", r"at \2 minutes past \1"),
        (r"(?:at|of) the (\d{1,2})(?= (?:until|to|and) )", r"from \1"), (r"at the (\d{1,2})", r"at \1"),
        (r"(until|and|from) the (\d{1,2})(?! of)", r"\1 \2"), (r"in the noon", "noon"),
        (r"at (?:the )?noon", "at noon"),
        (rf"(?:the )?({_DAYS}) (?:que )?coming", r"next \1"),
        (rf"the ({_DAYS}) next", r"next \1"),
        (r"the week (?:que )?(?:coming|next)", "next week"), (r"the month (?:que )?(?:coming|next)", "next month"),
        (r"the end of week", "the weekend"), (r"this end of week", "this weekend"),
        (r"(?:the )?next end of week", "next weekend"),
        (r"every the days", "every day"), (rf"every the ({_DAYS})s?", r"every \1"),
        (rf"(the \d{{1,2}}) of ({_MONTHS})", r"\1 of \2"),
        (rf"(?:the )?day (\d{{1,2}})(?! of (?:{_MONTHS}))", r"the \1th"),
        (r"the (\d{1,2}) of every month", r"the \1th of every month"),
        (rf"the last ({_DAYS}) of every month", r"the last \1 of every month"),
        (r"in of (\d+|a) (days|weeks?|months?|hours?|minutes)", r"in \1 \2"),
        (r"(\d+|a) (hours?) and half", r"\1 and a half hours"), (r"half hour", "half an hour"),
        (r"a times at the week", "once a week"),
        (r"(\d+) times (?:at|in) the (?:week)", r"\1 times a week"), (r"end of month", "end of the month"),
        (r"(?:to )?the end of month", "end of the month"), (r"every weekday", "every weekday"),
        (r"all the day|every the day", "all day"),
    ),
)  # fmt: skip
