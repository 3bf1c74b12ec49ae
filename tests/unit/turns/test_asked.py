"""What the assistant asked is known from its last sentence."""

from __future__ import annotations

import pytest

from agent.turns.asked import asked_of, digits_asked_for
from agent.turns.evidence import Asked

QUESTIONS = {
    Asked.YES_NO: """
        Shall I book it? | I have lunch with Anna tomorrow at three. Shall I book it? | Is that right?
        Are you still there? | Do you mean Friday? | So that's anna dot lee at example dot com, right?
        Would you like me to book one of these?
        Please say yes or no. | Should I send you a confirmation by email? | I could do Monday at nine, does that work?
        Did I get your number right? | Shall I leave that date out and book the rest? | Is it 0 7 7 1?
    """,
    Asked.CHOICE: """
        Would you prefer the morning or the afternoon? | Which one would you like? | How many people?
        Which of these suits you?
        Would you like Monday, or Tuesday? | How long should it be? | Which room would you like?
    """,
    Asked.WHEN: """
        What day and time? | When should it be? | On which day? | At what time? | What other day or time would suit you?
        What is your date of birth? | What day and time should I move it to? | What time Friday?
        And when would that be?
        Sorry, I did not get that. On which day? You can say, for example, tomorrow at three.
    """,
    Asked.NAME: """
        What's your name? | May I have your full name, please? | Who am I speaking with? | What should I call it?
        Could you tell me your last name? | What name is the booking under? | Where shall it be?
    """,
    Asked.DIGITS: """
        What's your phone number? | Could you give me the six-digit code? | Please tell me your account number.
        And the best number to reach you? | What are the last four digits of your card? | Could I have your postcode?
    """,
    Asked.EMAIL: "What's your email address? | And your e-mail, please? | Could you tell me your email?",
    Asked.SPELLING: """
        Could you spell that for me? | Please spell your last name. | How do you spell it?
        Spell the email for me, please.
    """,
    Asked.OPEN: """
        Hello! What can I do for you? | How can I help? | You're welcome. Anything else? | What should be different?
        What would you like me to do? | Please describe the problem. | What happened?
    """,
    Asked.NOTHING: "Done. | It's 3 p.m. | I'm listening. | Okay, I'll leave it. | | Ihr Termin ist am Montag.",
}


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        (sentence.strip(), asked)
        for asked, block in QUESTIONS.items()
        for sentence in block.strip().replace("\n", "|").split("|")
    ],
)
def test_a_question_is_known_for_what_it_asks(sentence: str, asked: Asked) -> None:
    assert asked_of(sentence) is asked


def test_a_question_may_say_how_many_digits_it_wants() -> None:
    assert digits_asked_for("Could you give me the six-digit code?") == 6
    assert digits_asked_for("What are the last 4 digits?") == 4
    assert digits_asked_for("What's your phone number?") is None
