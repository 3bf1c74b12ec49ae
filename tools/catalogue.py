"""What a persona may be made of, as plain data: kinds, toolsets, languages, voices. Knows neither LiveKit nor HTTP.

Both programs read it: the sidecar to check and offer, the worker to build. To add a toolset: a row here and one in
``toolsets.py`` (a test says when they disagree).
"""

from __future__ import annotations

from typing import Final

KINDS: Final = ("assistant", "receptionist", "real-estate", "clinical", "custom")
TOOLSETS: Final = {  # name -> what a person reads when choosing
    "calendar": "Finds free times; books, moves and cancels appointments.",
    "knowledge": "Answers from the confirmed documents and names document and page.",
    "capture": "Takes down names, e-mail addresses, numbers and amounts with care: read back, spelled, typed.",
}
LANGUAGES: Final = (  # offered; any BCP 47 tag is taken, and a provider that speaks it is chosen
    *("en", "en-GB", "en-US", "de", "de-AT", "de-CH", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi"),
    *("cs", "tr", "uk", "ja", "ko", "zh", "hi", "ar"),
)
VOICES: Final = ("joe",)  # the voice of this machine (American English); empty means the speech provider's own
