"""Which transcribers hear a recording, in which order: the worker's rule over the same settings.

Named in VOICELOOP_STT: exactly those, in that order. Otherwise every cloud provider whose key is present, and the local
one behind them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ingest.documents.sound.cloud import DEEPGRAM_URL, OPENAI_URL, DeepgramTranscriber, OpenAITranscriber
from ingest.documents.sound.moonshine import Moonshine
from ingest.documents.sound.said import Transcriber
from store.errors import SettingsError


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """As the worker reads them. Keys never show in logs."""

    stt: tuple[str, ...] = ()
    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = ""
    deepgram_api_key: str = field(default="", repr=False)
    deepgram_base_url: str = ""

    @classmethod
    def of(cls, settings: Any) -> SpeechSettings:
        """From the sidecar's own settings."""
        return cls(
            stt=tuple(name.strip().lower() for name in settings.stt.split(",") if name.strip()),
            openai_api_key=settings.openai_api_key.get_secret_value().strip(),
            openai_base_url=settings.openai_base_url.strip(),
            deepgram_api_key=settings.deepgram_api_key.get_secret_value().strip(),
            deepgram_base_url=settings.deepgram_base_url.strip(),
        )


def _deepgram(settings: SpeechSettings) -> Transcriber:
    url = _root(settings.deepgram_base_url or DEEPGRAM_URL)
    return DeepgramTranscriber(url, settings.deepgram_api_key)


def _openai(settings: SpeechSettings) -> Transcriber:
    return OpenAITranscriber((settings.openai_base_url or OPENAI_URL).rstrip("/"), settings.openai_api_key)


_MAKERS: dict[str, tuple[Callable[[SpeechSettings], str], Callable[[SpeechSettings], Transcriber]]] = {
    "deepgram": (lambda settings: settings.deepgram_api_key, _deepgram),
    "openai": (lambda settings: settings.openai_api_key, _openai),
    "moonshine": (lambda settings: "none needed", lambda settings: Moonshine()),
}


def transcribers(settings: SpeechSettings) -> list[Transcriber]:
    """Never empty. Raises SettingsError for a name nobody knows or one without its key."""
    for name in settings.stt:
        if name not in _MAKERS:
            raise SettingsError(f"VOICELOOP_STT names {name!r}, which is unknown. Known: {', '.join(_MAKERS)}.")
        if not _MAKERS[name][0](settings):
            raise SettingsError(f"VOICELOOP_STT names {name}, which needs {name.upper()}_API_KEY to be set.")
    names = settings.stt or tuple(name for name, (key, _) in _MAKERS.items() if key(settings))
    return [_MAKERS[name][1](settings) for name in names]


def _root(address: str) -> str:
    """The address without an API path and with http, whichever of the usual forms it was given in."""
    address = address.rstrip("/")
    for path in ("/v1/listen", "/v1/speak", "/v1"):
        address = address.removesuffix(path)
    return address.replace("ws", "http", 1) if address.startswith("ws") else address
