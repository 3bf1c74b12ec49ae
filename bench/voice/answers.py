"""What the mind says where all agents must say the same: a table from the caller's words to a sentence.

Pure. The stock agent always answers from here; VoiceLoop does where it talks to the stub of a model (``stub_llm.py``).
"""

from __future__ import annotations

import re

STORY = (
    "Harbour House was built in the year eighteen ninety by a captain who had seen enough of the sea. "
    "It has twelve rooms on three floors, a garden that goes down to the water, and a small library with old maps. "
    "In the evening most guests sit on the terrace and watch the fishing boats come home."
)
TELL_A_STORY = "Please tell me the story of the house."
ANSWERS = {
    r"story": STORY,
    r"whether i": "Would you like that?",
    r"when i arr": "When will you arrive?",
    r"my name": "What is your name, please?",
    r"phone": "What is your phone number, please?",
    r"e-?mail": "What is your e-mail address, please?",
    r"spell": "How do you spell your name?",
    r"breakfast": "According to the Harbour House handbook, page 2: Breakfast is served from 7 to 10 on weekdays.",
    r"parking|park\b|garage": "According to the Harbour House handbook, page 2: Parking costs 12 euros per night.",
    r"wi-?fi|why fi|internet": "According to the Harbour House handbook, page 2: Wi-Fi is free in the whole house.",
    r"check": "According to the Harbour House handbook, page 1: Check-in is from 3 to 9 in the evening.",
    r"bar|drink": "According to the Harbour House handbook, page 2: The bar is open from 5 to 11 in the evening.",
    r"taxi|airport": "According to the Harbour House handbook, page 1: A taxi takes about 25 minutes.",
}
# "spell my name" asks for the spelling
ORDER = sorted(ANSWERS, key=lambda pattern: pattern != "spell")
DEFAULT_ANSWER = "I am sorry, I did not find that in the handbook. Shall I look for something else?"


def answer_to(words: str) -> str:
    """The sentence for what was heard; never empty."""
    return next((ANSWERS[pattern] for pattern in ORDER if re.search(pattern, words.lower())), DEFAULT_ANSWER)
