"""English: its words, signs and abbreviations for reading aloud. Data; numbers are in `english_numbers`."""

from agent.pipeline.speakable import english_numbers as numbers
from agent.pipeline.speakable.english_rules import OWN
from agent.pipeline.speakable.table import Currency, Tongue, Words

_SHORT_MONTHS = {name[:3]: number for number, name in enumerate(numbers.MONTHS, 1) if name != "May"} | {"Sept": 9}
_SHORT_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Weds": "Wednesday", "Thu": "Thursday",
    "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
}  # fmt: skip
_ABBREVIATIONS = {
    "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz",
    "Prof.": "Professor", "Rev.": "Reverend", "Gen.": "General", "Sen.": "Senator", "Gov.": "Governor",
    "Capt.": "Captain", "Lt.": "Lieutenant", "Sgt.": "Sergeant", "Hon.": "Honorable", "Jr.": "Junior", "Sr.": "Senior",
    "e.g.": "for example", "i.e.": "that is", "eg.": "for example", "ie.": "that is", "cf.": "compare",
    "approx.": "approximately", "vs.": "versus", "vs": "versus", "Ave.": "Avenue", "Rd.": "Road", "Blvd.": "Boulevard",
    "Ln.": "Lane", "Hwy.": "Highway", "Sq.": "Square", "Apt.": "Apartment", "Dept.": "Department", "Mt.": "Mount",
    "Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Bldg.": "Building", "Fl.": "Floor",
    "hrs.": "hours", "hr.": "hour", "mins.": "minutes", "secs.": "seconds", "max.": "maximum", "incl.": "including",
    "excl.": "excluding", "est.": "estimated", "tel.": "telephone", "Tel.": "Telephone",
    "dept.": "department", "govt.": "government", "w/": "with", "w/o": "without", "b/c": "because", "a/c": "A C",
    "c/o": "care of", "n/a": "not applicable", "N/A": "not applicable",
    "Ph.D.": "P H D", "PhD": "P H D",
    "and/or": "and or",
}  # fmt: skip
_UNITS = {
    "km": ("one kilometer", "kilometers"), "m": ("one meter", "meters"), "cm": ("one centimeter", "centimeters"),
    "mm": ("one millimeter", "millimeters"), "mi": ("one mile", "miles"), "ft": ("one foot", "feet"),
    "yd": ("one yard", "yards"), "kg": ("one kilogram", "kilograms"), "g": ("one gram", "grams"),
    "mg": ("one milligram", "milligrams"), "lb": ("one pound", "pounds"), "lbs": ("one pound", "pounds"),
    "oz": ("one ounce", "ounces"), "l": ("one liter", "liters"), "L": ("one liter", "liters"),
    "ml": ("one milliliter", "milliliters"), "mL": ("one milliliter", "milliliters"),
    "h": ("one hour", "hours"), "hr": ("one hour", "hours"), "hrs": ("one hour", "hours"),
    "min": ("one minute", "minutes"), "mins": ("one minute", "minutes"), "s": ("one second", "seconds"),
    "sec": ("one second", "seconds"), "secs": ("one second", "seconds"), "ms": ("one millisecond", "milliseconds"),
    "km/h": ("one kilometer per hour", "kilometers per hour"), "kph": ("one kilometer per hour", "kilometers per hour"),
    "mph": ("one mile per hour", "miles per hour"), "m/s": ("one meter per second", "meters per second"),
    "m²": ("one square meter", "square meters"), "m2": ("one square meter", "square meters"),
    "km²": ("one square kilometer", "square kilometers"), "m³": ("one cubic meter", "cubic meters"),
    "ft²": ("one square foot", "square feet"), "sqft": ("one square foot", "square feet"),
    "sq ft": ("one square foot", "square feet"), "sq m": ("one square meter", "square meters"),
    "°C": ("one degree Celsius", "degrees Celsius"), "°F": ("one degree Fahrenheit", "degrees Fahrenheit"),
    "° C": ("one degree Celsius", "degrees Celsius"), "° F": ("one degree Fahrenheit", "degrees Fahrenheit"),
    "℃": ("one degree Celsius", "degrees Celsius"), "°": ("one degree", "degrees"),
    "W": ("one watt", "watts"), "kW": ("one kilowatt", "kilowatts"), "kWh": ("one kilowatt hour", "kilowatt hours"),
    "V": ("one volt", "volts"), "Hz": ("one hertz", "hertz"), "kHz": ("one kilohertz", "kilohertz"),
    "MHz": ("one megahertz", "megahertz"), "GHz": ("one gigahertz", "gigahertz"),
    "KB": ("one kilobyte", "kilobytes"), "kB": ("one kilobyte", "kilobytes"), "MB": ("one megabyte", "megabytes"),
    "GB": ("one gigabyte", "gigabytes"), "TB": ("one terabyte", "terabytes"),
    "Mbps": ("one megabit per second", "megabits per second"), "Mbit/s": ("one megabit per second",
    "megabits per second"),
    "kcal": ("one kilocalorie", "kilocalories"), "px": ("one pixel", "pixels"),
}  # fmt: skip
_DOLLAR = Currency("one dollar", "dollars", "one cent", "cents")
_EURO = Currency("one euro", "euros", "one cent", "cents")
_POUND = Currency("one pound", "pounds", "one penny", "pence")
_CURRENCIES = {
    "$": _DOLLAR, "US$": Currency("one U S dollar", "U S dollars", "one cent", "cents"), "USD": _DOLLAR, "€": _EURO,
    "EUR": _EURO, "£": _POUND, "GBP": _POUND, "¥": Currency("one yen", "yen", "one sen", "sen"),
    "JPY": Currency("one yen", "yen", "one sen", "sen"), "₹": Currency("one rupee", "rupees", "one paisa", "paise"),
    "INR": Currency("one rupee", "rupees", "one paisa", "paise"),
    "CHF": Currency("one franc", "francs", "one centime", "centimes"),
    "A$": Currency("one Australian dollar", "Australian dollars", "one cent", "cents"),
    "C$": Currency("one Canadian dollar", "Canadian dollars", "one cent", "cents"),
}  # fmt: skip
_SPELLED = frozenset(  # only those that have a vowel: "FBI" is known by having none that helps
    (
        "USA US UK EU UN AI API URL FAQ CEO CFO CTO COO ATM FBI CIA HR ID TV PC DIY DJ EV GPA GPU CPU IP ISP IQ "
        "VAT VIP ETA AC ADHD BBQ ER ICU IRS MRI NHS RV SUV UPS USB UTC CET CEST EST PST GMT UI UX IOU IPO VPN XML "
        "IBM UFO EKG ECG"
    ).split()
)
_ACRONYMS = {"ASAP": "as soon as possible", "FYI": "for your information", "TBD": "to be decided",
             "TBA": "to be announced", "AKA": "also known as", "BTW": "by the way"}  # fmt: skip

ENGLISH = Tongue(
    code="en",
    cardinal=numbers.cardinal,
    ordinal=numbers.ordinal,
    year=numbers.year,
    clock=numbers.clock,
    date=numbers.date,
    day_month=numbers.day_month,
    fraction=numbers.fraction,
    money=numbers.money,
    months=numbers.MONTHS,
    short_months=_SHORT_MONTHS,
    short_days=_SHORT_DAYS,
    units=_UNITS,
    currencies=_CURRENCIES,
    scales={
        "million": "million",
        "billion": "billion",
        "thousand": "thousand",
        "trillion": "trillion",
        "m": "million",
        "M": "million",
        "bn": "billion",
        "B": "billion",
        "k": "thousand",
        "K": "thousand",
    },
    abbreviations=_ABBREVIATIONS,
    acronyms=_ACRONYMS,
    spelled=_SPELLED,
    openers=frozenset(
        (
            "in of by since until from before after on year spring summer autumn fall winter no nos dr st etc "
            "page pages room code pin number order booking reference ref ticket account flight extension zip "
            "version v queen king pope at ext call dial press pp p fig vol ch sec art chapter part type phase "
            "volume act section article level class grade figure table appendix the is suite flat apartment a an "
            "min hrs hr mins sq"
        ).split()
    ),
    words=Words(
        to="to",
        at="at",
        dot="dot",
        dash="dash",
        underscore="underscore",
        slash="slash",
        point="point",
        minus="minus",
        plus="plus",
        times="times",
        by="by",
        equals="equals",
        about="about",
        plus_or_minus="plus or minus",
        less_than="less than",
        more_than="more than",
        at_most="at most",
        at_least="at least",
        per="per",
        percent="percent",
        per_mille="per mille",
        number="number",
        section="section",
        version="version",
        extension="extension",
        yes="yes",
        no="no",
        and_="and",
        date_at="at",
        code="The code is in the written answer.",
    ),
    own=OWN,
    twelve_hours=True,
    clock_word=r"(?:h|hrs|hours)\b",
    year_words="in|of|by|since|until|from|year|before|after|spring|summer|autumn|fall|winter|Spring|Summer|Winter",
)
