"""What was said in the recordings of these tests, spoken once a run."""

from __future__ import annotations

import numpy as np
import pytest

from tests.e2e.speech import Sound, SpeechStudio, silence

BRIEFING = (
    "Good morning, this is the briefing for the week.",
    "The north entrance is closed on Tuesday because of painting work.",
    "Parking costs nine euros a day for guests.",
)


@pytest.fixture(scope="session")
def briefing(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """Three sentences with a second of silence after each."""
    studio = SpeechStudio(tmp_path_factory.mktemp("speech"))
    studio.prepare(list(BRIEFING))
    return np.concatenate([part for text in BRIEFING for part in (studio.speak(text), silence(1.0))])
