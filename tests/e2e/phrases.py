"""What the callers say, in one place so that all of it is synthesised with one load of the voice."""

BREAKFAST = "At what time can I have breakfast?"
PARKING = "How much does parking cost per night?"
WIFI = "Is the wireless internet free in the house?"
BOOK = "Book a meeting with Anna tomorrow at three in the afternoon."
BOOK_AT_FOUR = "Book a meeting with Peter tomorrow at four in the afternoon."
ACTUALLY_FIVE = "No, make it five in the afternoon, please."
YES = "Yes, please."
STOP = "Wait, stop for a moment please."
GOODBYE = "Thank you, goodbye."
LONG = "I would like to know what time breakfast is served on the weekend and whether it is included in the price."
READ_SENTENCE = "Please read me that sentence."
WHICH_DOCUMENT = "Which document is that from?"
UNKNOWN_FACT = "How many people live on the planet Mars?"
KEY_PLACE = "Where does the spare key hang?"

AGENDA = "What's on my calendar tomorrow?"
OKAY = "Okay."
UH_HUH = "Uh-huh."
ASIDE = "Could you pass me the newspaper, please?"
OVER_THE_ASSISTANT = (OKAY, UH_HUH, ASIDE)

EVERYTHING = (BREAKFAST, PARKING, WIFI, BOOK, BOOK_AT_FOUR, ACTUALLY_FIVE, YES, STOP, GOODBYE, LONG)
ABOUT_SOURCES = (READ_SENTENCE, WHICH_DOCUMENT, UNKNOWN_FACT, KEY_PLACE)

# what a transcript must hold for the sentence to have been understood
HEARD = {
    BREAKFAST: "breakfast",
    PARKING: "parking",
    BOOK: r"meeting with an.*to-?morrow.*(three|3)",
    BOOK_AT_FOUR: r"meeting with pe.*to-?morrow.*(four|4)",
    ACTUALLY_FIVE: "five|5",
    YES: "yes",
    READ_SENTENCE: r"read.*sentence",
    WHICH_DOCUMENT: r"which document",
    UNKNOWN_FACT: r"planet|mars",
    KEY_PLACE: r"spare key",
}

# spoken to the calendar: the sentence, and what its transcript must hold; weekdays that a small recogniser knows
WEEKLY = ("Please make it weekly.", r"make it (weekly|weakly)")
UNDO = ("Please undo that.", r"undo that")
HALF_PAST = ("Actually, half past.", r"half.past\b")


def what_is_on(day: str) -> tuple[str, str]:
    return f"What's on my calendar on {day}?", rf"on my calendar on {day}"


def move_the_dentist_to(day: str) -> tuple[str, str]:
    return f"Move the dentist to {day} at nine in the morning.", rf"moved? the dentist to {day} at (nine|9)"


def cancel_everything_on(day: str) -> tuple[str, str]:
    return f"Cancel everything on {day} afternoon.", rf"cancel everything on {day} afternoon"


ABOUT_THE_CALENDAR = (
    WEEKLY,
    UNDO,
    HALF_PAST,
    *(what_is_on(day) for day in ("Thursday", "Tuesday")),
    *(move_the_dentist_to(day) for day in ("Monday", "Friday")),
    *(cancel_everything_on(day) for day in ("Friday", "Tuesday")),
)
