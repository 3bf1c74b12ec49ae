"""The small words of languages: they tell a language, and they are never what a text is about. Words only.

To add a language: a row here, and its own letters in ``language`` where it has some.
"""

from __future__ import annotations

from typing import Final

STOPWORDS: Final[dict[str, frozenset[str]]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "the of and to in a is that for it as was with be by on not he i this are or his from at which but"
        " have an"
        " had they you were their one all we can her has there been if more when will would who so no she other its"
        " may"
        " these what them than some him into only do such my about out also any your our must should each between"
        " after"
        " before where how both during until within please very then most much many just over under up down off own"
        " same"
        " again further once here why few nor too does did doing done being am us me could shall might per via every"
        " because while without through against upon else either neither those whose whom let get got need every",
        "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden"
        " aus er"
        " hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor"
        " zur"
        " bis mehr durch man sein wurde wenn können diese dieser ihre ihr wir ich kann ihnen ihren ihrer bitte sowie"
        " unser unsere unseren unserer uns alle allen jeder jede jeden dieses diesem dann dort hier kein keine sehr"
        " soll"
        " muss müssen darf dürfen ohne gegen unter zwischen ab je pro sondern weil was wer wo beim vom ins etwa"
        " immer",
        "fr": "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont ou avec"
        " son"
        " aux cette ont ses mais comme on tout nous sa fait été aussi leur bien peut ces y même nos vous votre vos"
        " être"
        " avoir si elle ils elles tous toute toutes sans sous entre très chez dès jusqu doit doivent notre lors"
        " puis ni"
        " où quand afin ainsi cet dont leurs moins avant après pendant",
        "es": "de la que el en y los del se las por un para con no una su al lo como más pero sus le ya este sí"
        " porque"
        " esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante es son ser está"
        " están"
        " puede pueden debe deben cada otro otra otros todos todas usted ustedes nuestro nuestra sea si fue ni o eso"
        " antes después según tiene tienen les unos unas",
        "it": "di che è la il un una per in non con del della le si da al dei delle come più ma anche sono alla nel"
        " nella lo gli i dal dalla questo questa ai alle o se su sul sulla essere ha hanno può possono deve ogni"
        " tutti"
        " tutte tutto suo sua loro nostro nostra vostro vostra fino dopo prima tra fra senza dove quando quindi cui"
        " ed"
        " degli negli dell all nell sull",
        "nl": "de het een en van in is op te dat die voor met zijn niet aan er om ook als bij of uit door naar over"
        " maar"
        " dan wordt worden kan kunnen deze dit heeft hebben nog wel geen meer zo tot onze ons uw u wij we hij zij"
        " ze je"
        " moet moeten mag onder tussen elke alle na wat wie waar hun had was waren zal",
        "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem"
        " à seu"
        " sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos"
        " ter"
        " seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha são pode podem deve cada",
        "pl": "i w na z do nie się że to jest o po od za dla przez jak przy oraz są lub tak ale już tylko ich jego"
        " tym"
        " które który która może można być był była było ze co a także po bez pod nad każdy wszystkie nasz nasza"
        " państwa",
        "sv": "och i att det som en på är av för med den till inte har de ett om var vi kan från men så eller när vid"
        " efter ska du ni er vår våra alla även mycket också sig han hon under mellan utan får måste blir denna"
        " detta",
        "da": "og i at det som en på er af for med den til ikke har de et om var vi kan fra men så eller når ved"
        " efter"
        " skal du jer vores alle også meget sig han hun under mellem uden må bliver denne dette blev hvor hvis din",
        "nb": "og i at det som en på er av for med den til ikke har de et om var vi kan fra men så eller når ved"
        " etter"
        " skal du dere vår våre alle også mye seg han hun under mellom uten må blir denne dette ble hvor hvis din"
        " deg",
        "fi": "ja on ei se että oli ovat ole tai kun niin myös kuin mutta sekä joka jos vain hän ne tämä voi ovat"
        " kanssa jälkeen ennen kaikki meidän teidän sitä mukaan ilman mitä joka jotka tulee olla saa pitää",
        "cs": "a v na se je že s z do o k i pro jako po za by ale od ve si tak jsou který která které nebo při jeho"
        " být"
        " než už jen také podle může však když před mezi bez všechny každý náš naše vás vám musí",
        "tr": "ve bir bu için ile de da olarak daha çok olan en her kadar sonra gibi ne ya ki var ise değil veya tüm"
        " göre olduğu önce arasında lütfen size sizin bizim üzerinde ancak hem",
        "ro": "de și în a la cu pe care este un o din nu pentru că mai sau sunt se ce au prin după fi dacă până între"
        " fără poate trebuie toate fiecare noastre dumneavoastră al ale lui cel cea acest această",
        "hu": "a az és hogy nem is egy van ez meg csak de már még ha vagy mint el volt minden kell lehet után között"
        " nélkül ki be fel amely aki azt ezt nagyon szerint",
        "id": "yang dan di dari untuk dengan pada ini itu adalah tidak dalam ke akan oleh atau juga sebagai dapat"
        " bisa"
        " kami anda harus setiap semua sebelum setelah tanpa ada lebih",
    }.items()
}

# words that are everywhere in letters, notices and tables and name no subject
GENERAL: Final[dict[str, frozenset[str]]] = {
    code: frozenset(words.split())
    for code, words in {
        "en": "page pages chapter section table figure document version date number example note information"
        " following"
        " above below new old first second third last next use used using make made take taken give given find found"
        " available possible different important good high low large small long short right left full several another"
        " however therefore thus also including include includes included will want ask asks tell tells know keep"
        " kept"
        " see look go goes come comes bring put set call open opens opened close closes closed served serve day days"
        " time times hour hours minute minutes week weeks month months year years today tomorrow monday tuesday"
        " wednesday thursday friday saturday sunday january february march april june july august september october"
        " november december am pm one two three four five six seven eight nine ten eleven twelve thank thanks dear"
        " sincerely regards yes anybody everybody somebody nobody thing things way part lot begin begins start starts"
        " end ends cost costs euro euros dollar dollars pay pays paid price free always never usually gladly",
        "de": "seite kapitel abschnitt tabelle abbildung dokument fassung datum nummer beispiel hinweis neue neuen"
        " alte"
        " erste zweite tag tage tagen uhr stunde stunden minute minuten woche wochen monat monate jahr jahre heute"
        " morgen montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli"
        " august september oktober november dezember euro kostet kosten gibt geöffnet geschlossen täglich stehen"
        " steht"
        " befindet möchten gerne weitere eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf sehr geehrte"
        " damen herren freundlichen grüßen finden liegt beträgt beginnt erhalten",
        "fr": "page chapitre tableau figure document version date numéro exemple jour jours heure heures minute"
        " minutes"
        " semaine semaines mois année années lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars"
        " avril mai juin juillet août septembre octobre novembre décembre euro euros ouvert fermé madame monsieur"
        " merci"
        " cordialement coûte servi peuvent trouve",
        "es": "página capítulo tabla figura documento versión fecha número ejemplo día días hora horas minuto minutos"
        " semana semanas mes meses año años lunes martes miércoles jueves viernes sábado domingo enero febrero marzo"
        " abril mayo junio julio agosto septiembre octubre noviembre diciembre euro euros abierto cerrado gracias"
        " cuesta",
        "it": "pagina capitolo tabella documento versione data numero esempio giorno giorni ora ore minuto minuti"
        " settimana mese mesi anno anni lunedì martedì mercoledì giovedì venerdì sabato domenica euro aperto chiuso"
        " grazie",
        "nl": "pagina hoofdstuk tabel document versie datum nummer voorbeeld dag dagen uur uren minuut minuten week"
        " weken"
        " maand maanden jaar jaren maandag dinsdag woensdag donderdag vrijdag zaterdag zondag euro open gesloten",
        "pt": "página capítulo tabela documento versão data número exemplo dia dias hora horas minuto minutos"
        " semana mês"
        " meses ano anos segunda terça quarta quinta sexta sábado domingo euro euros aberto fechado obrigado",
    }.items()
}


def small_words(language: str) -> frozenset[str]:
    """What to leave out when asking what a text in this language is about; English for languages without a list."""
    known = STOPWORDS.get(language, STOPWORDS["en"])
    return known | GENERAL.get(language, frozenset[str]())
