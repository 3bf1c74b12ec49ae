"""What is asked in the benchmark: questions of three lengths, sentences with a place to hesitate, an interruption."""

SHORT = ("Is Wi-Fi free?", "When is breakfast?")
MEDIUM = ("How much does parking cost per night?", "At what time can I have breakfast?")
LONG = (
    "I am coming by car on Friday evening, so I would like to know how much parking costs per night.",
    "We are leaving rather early in the morning, so could you tell me at what time breakfast is served?",
)
LENGTHS = {**dict.fromkeys(SHORT, "short"), **dict.fromkeys(MEDIUM, "medium"), **dict.fromkeys(LONG, "long")}
HESITANT = (
    "Could you please tell me at what time breakfast is served in the house?",
    "I would like to know how much parking costs for one night.",
    "Can you look up for me whether the wireless internet is free?",
)
INTERRUPTION = "Wait, stop for a moment please."
PAUSES_MS = (400, 600, 800)


def round_of(number: int) -> list[str]:
    """Five questions of one call, all lengths in it, the order turned from call to call."""
    questions = [SHORT[0], MEDIUM[0], LONG[0], SHORT[1] if number % 2 else MEDIUM[1], LONG[1]]
    turn = number % len(questions)
    return questions[turn:] + questions[:turn]
