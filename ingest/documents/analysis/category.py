"""What kind of document it is, one of a fixed list. Pure.

Three witnesses: words of the kind (several languages), the shape of its lines, and (with vectors) how near its
beginning is to a description of the kind. The names are stable: filters and people use them. To add one: a row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from ingest.documents.analysis.parsed import Parsed, Sentence

Embed = Callable[[Sequence[str]], Any]
GENERAL: Final = "general"


@dataclass(frozen=True, slots=True)
class Kind:
    """``strong`` words name the kind, ``words`` go with it; both match at the beginning of a word."""

    description: str
    strong: str
    words: str


CATEGORIES: Final[dict[str, Kind]] = {
    "handbook": Kind(
        "A handbook for guests or employees that explains how the house works: arrival, rooms, breakfast, rules.",
        "handbook|house guide|guest guide|employee guide|handbuch|leitfaden|gästemappe|guide d'accueil|manual del"
        " huésped",
        "guest|house rule|check-in|check-out|welcome|breakfast|reception|front desk|luggage|wi-fi|gäste|hausordnung"
        "|onboarding",
    ),
    "price list": Kind(
        "A price list with items, rates and fees in euros or dollars.",
        "price list|pricing|tariff|rate card|preisliste|tarife|liste de prix|tarifs|lista de precios|listino"
        "|prijslijst",
        "price|per night|per hour|per person|discount|fee|surcharge|vat included|€|£|$|preis|aufpreis|prix|precio"
        "|rates",
    ),
    "menu": Kind(
        "The menu of a restaurant with starters, main courses, desserts and drinks.",
        "menu|speisekarte|getränkekarte|carte des|wine list|starters|main courses|appetizers|appetisers|vorspeisen"
        "|hauptgerichte"
        "|nachspeisen|entrées|plats|postres|entrantes|antipasti|dolci",
        "dessert|salad|soup|grilled|sauce|vegan|vegetarian|allergen|cheese|fish|chicken|coffee|tea|juice|beer|wine"
        "|salat|suppe|fromage",
    ),
    "policy": Kind(
        "A company policy with rules and responsibilities that people must comply with.",
        "policy|policies|richtlinie|datenschutzerklärung|politique|política|code of conduct|data protection",
        "compliance|procedure|must not|responsib|regulation|prohibited|comply|breach|personal data|retention"
        "|applies to all",
    ),
    "contract": Kind(
        "A contract or agreement between parties with clauses on liability, payment and termination.",
        "agreement|contract|vertrag|contrat|contrato|contratto|overeenkomst|terms and conditions|hereinafter|whereas",
        "party|parties|hereby|liability|termination|clause|governing law|shall|signed|undersigned|vermieter|mieter"
        "|vertragspartner"
        "|kündigung|warrant|indemnif",
    ),
    "faq": Kind(
        "Frequently asked questions with their answers.",
        "faq|frequently asked|häufige fragen|häufig gestellte|foire aux questions|preguntas frecuentes|domande"
        " frequenti",
        "question:|q:|a:|answer:|frage:|antwort:",
    ),
    "invoice": Kind(
        "An invoice or bill with an invoice number, amounts, taxes and a due date.",
        "invoice|amount due|bill to|rechnung|rechnungsnummer|facture|factura|fattura|factuur|fatura",
        "subtotal|vat|payment terms|due date|total|quantity|unit price|iban|mwst|umsatzsteuer|nettobetrag"
        "|gesamtbetrag|tva|iva",
    ),
    "letter": Kind(
        "A letter addressed to a person, with a greeting and a closing formula.",
        "dear mr|dear ms|dear mrs|dear sir|sehr geehrte|madame, monsieur|estimado|estimada|gentile|geachte|yours"
        " sincerely|yours faithfully"
        "|kind regards|mit freundlichen grüßen|cordialement|atentamente|best regards",
        "thank you for your|sincerely|regards|we look forward|please find enclosed|your letter|ihr schreiben|enclosure",
    ),
    "report": Kind(
        "A report with findings, figures, results of a quarter or year, and conclusions.",
        "annual report|quarterly report|report|bericht|geschäftsbericht|rapport|informe|relazione|verslag|executive"
        " summary",
        "quarter|findings|results|revenue|conclusion|analysis|growth|compared with|increase|decrease|umsatz"
        "|ergebnis|figures",
    ),
    "manual": Kind(
        "Technical instructions for installing, operating and maintaining a device.",
        "manual|user guide|operating instructions|bedienungsanleitung|betriebsanleitung|installation guide|mode"
        " d'emploi"
        "|manual de instrucciones|istruzioni per l'uso|gebruiksaanwijzing|troubleshoot",
        "install|step 1|warning|press the|device|configuration|button|switch on|unplug|battery|cable|reset|error"
        " code|gerät|taste|einschalten",
    ),
    "minutes": Kind(
        "Minutes of a meeting with attendees, agenda, decisions and action items.",
        "minutes of|meeting minutes|attendees|action item|protokoll|teilnehmer|compte rendu|acta de|verbale|notulen"
        "|minutes",
        "agenda|meeting|decided|resolved|absent|chair|next meeting|adjourned|tagesordnung|beschlossen|motion|voted"
        "|present:",
    ),
    "directory": Kind(
        "A directory of people and departments with telephone numbers and e-mail addresses.",
        "directory|phone list|contact list|telefonliste|telefonverzeichnis|annuaire|directorio|rubrica|extension",
        "tel|phone|mobile|department|e-mail|fax|ext.|abteilung|durchwahl",
    ),
    "opening hours": Kind(
        "Opening hours: on which days and at what times a place is open.",
        "opening hours|opening times|business hours|öffnungszeiten|heures d'ouverture|horario|orari|openingstijden"
        "|horário",
        "monday|tuesday|wednesday|thursday|friday|saturday|sunday|closed|open from|montag|dienstag|mittwoch|freitag"
        "|geschlossen|lundi|fermé|lunes",
    ),
    "schedule": Kind(
        "A programme or timetable of events, courses or departures with dates and times.",
        "schedule|timetable|programme|program|itinerary|fahrplan|stundenplan|zeitplan|veranstaltungen|horaires"
        "|calendar of events",
        "session|departure|arrival|workshop|speaker|event|course|lecture|keynote|break|kurs|abfahrt",
    ),
    "recording": Kind(
        "The transcript of a recorded talk, call or briefing.",
        "transcript|recording of",
        "speaker 1|speaker 2|so today|okay so",
    ),
    "application": Kind(
        "A curriculum vitae or job application with work experience, education and skills.",
        "curriculum vitae|resume|résumé|lebenslauf|cover letter|work experience|berufserfahrung",
        "education|skills|experience|university|degree|references|employed|ausbildung|studium|languages:",
    ),
    "medical": Kind(
        "A medical document about patients, symptoms, diagnosis and treatment.",
        "patient|diagnosis|discharge|clinical|diagnose|befund|arztbrief|anamnes",
        "treatment|symptom|dose|medication|therapy|blood pressure|surgery|prescri|hospital|physician|tablet|behandlung",
    ),
    "real estate": Kind(
        "A description of a house or flat for sale or rent: rooms, square metres, location.",
        "real estate|property|exposé|square metres|square feet|wohnfläche|bedrooms|immobilie|for sale|inmueble"
        "|surface habitable",
        "bedroom|bathroom|landlord|viewing|balcony|garden|floor|kitchen|garage|heating|rent|deposit|quadratmeter"
        "|zimmer|miete|apartment|flat",
    ),
    "research": Kind(
        "A scientific paper with abstract, method, results and references.",
        "abstract|et al|hypothesis|doi:|we propose|related work|p <|bibliography",
        "method|introduction|references|results|experiment|dataset|participants|significant|figure|table|model",
    ),
}
_PRICE = re.compile(r"(?:[€£$]\s?\d|\d[\d.,]*\s?(?:€|£|\$|EUR|USD|GBP|CHF|euros?|dollars?))", re.IGNORECASE)
_CLOCK = re.compile(r"\b\d{1,2}(?::\d{2}|\s?(?:am|pm|uhr|h)\b)", re.IGNORECASE)
_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\+?\d[\d ()/-]{6,}\d")
_DAY = re.compile(
    r"\b(?:mon|tue|wed|thu|fri|sat|sun)\w*day\b|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|lundi|mardi"
    r"|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo)s?\b",
    re.IGNORECASE,
)


def _any_of(words: str) -> re.Pattern[str]:
    alternatives = (rf"(?<!\w){re.escape(one)}" if one[0].isalpha() else re.escape(one) for one in words.split("|"))
    return re.compile("|".join(alternatives))


_PATTERNS: Final = {name: _any_of(kind.strong) for name, kind in CATEGORIES.items()}


def _there(words: str, body: str) -> list[str]:
    """Those of the words that stand in it, as often as they do. Most are nowhere, which is seen fast."""
    present = "|".join(one for one in words.split("|") if one in body)
    return _any_of(present).findall(body) if present else []


def category_of(parsed: Parsed, sentences: Sequence[Sentence], embed: Embed | None = None) -> tuple[str, float]:
    """(name, certainty 0-1); "general" when nothing speaks for any kind."""
    if parsed.found.page_kind == "recording":
        return "recording", 0.9
    head = f"{parsed.found.title}\n" + "\n".join(parsed.headings[:3])
    body = " \n".join(one.text for one in sentences[:800]).lower()[:30_000]
    scores = {name: _by_words(name, head.lower(), body) for name in CATEGORIES}
    for name, value in _by_shape(sentences).items():
        scores[name] += value
    if embed is not None and sentences:
        for name, value in _by_meaning(head, sentences, embed).items():
            scores[name] += value
    scores["recording"] -= 1.0  # sound is a recording; a text seldom is
    ordered = sorted(scores, key=lambda name: (-scores[name], name))
    best, second = scores[ordered[0]], scores[ordered[1]]
    if best < 1.0:
        return GENERAL, 0.2
    return ordered[0], round(min(0.95, 0.4 + 0.4 * (best - second) / best + 0.04 * best), 2)


def _by_words(name: str, head: str, body: str) -> float:
    """Words in the title and first headings count most; in the body their number a thousand words, never without"
    " end."""
    strong = _PATTERNS[name]
    told, weak = _there(CATEGORIES[name].strong, body), _there(CATEGORIES[name].words, body)
    thousands = max(0.3, len(body) / 6000)
    in_head = 2.5 if strong.search(head) else 0.0
    named = min(2.0, 0.8 * len(told) / thousands**0.7)
    kinds = len(set(weak))
    often = min(1.5, 0.12 * len(weak) / thousands**0.7)
    return in_head + named + often + 0.15 * min(6, kinds)


def _by_shape(sentences: Sequence[Sentence]) -> dict[str, float]:
    lines = sentences[:600]
    if not lines:
        return {}
    total = len(lines)
    prices = sum(bool(_PRICE.search(one.text)) for one in lines) / total
    contacts = sum(bool(_CONTACT.search(one.text)) and not _PRICE.search(one.text) for one in lines) / total
    clocks = sum(bool(_CLOCK.search(one.text)) for one in lines) / total
    days = sum(bool(_DAY.search(one.text)) and bool(_CLOCK.search(one.text)) for one in lines) / total
    asked = sum(one.text.endswith(("?", "？", "؟")) for one in lines) / total
    short = sum(len(one.words) <= 14 for one in lines) / total
    return {
        "price list": 3.0 * max(0.0, prices - 0.2) * short,
        "menu": 1.0 * max(0.0, prices - 0.3) * short,
        "directory": 4.0 * max(0.0, contacts - 0.3) * short,
        "opening hours": 4.0 * max(0.0, days - 0.25),
        "schedule": 2.0 * max(0.0, clocks - days - 0.3),
        "faq": 5.0 * max(0.0, asked - 0.15) if total >= 4 else 0.0,
    }


def _by_meaning(head: str, sentences: Sequence[Sentence], embed: Embed) -> dict[str, float]:
    """Cosines of the beginning with the descriptions, as far as they stand out from the others."""
    begin = f"{head}\n" + " ".join(one.text for one in sentences[:12])
    beginning = np.asarray(embed([begin[:900]]), dtype=np.float32)[0]
    cosines = _descriptions(embed) @ beginning
    above = cosines - float(np.median(cosines))
    return {name: 4.0 * max(0.0, float(value)) for name, value in zip(CATEGORIES, above, strict=True)}


@lru_cache(maxsize=2)
def _descriptions(embed: Embed) -> Any:
    """Vectors of all descriptions; the same for every document."""
    return np.asarray(embed([kind.description for kind in CATEGORIES.values()]), dtype=np.float32)
