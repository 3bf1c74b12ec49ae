"""What the pipeline reads from the environment: provider lists, keys, addresses. Worker settings embed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store.errors import SettingsError

STAGES = ("stt", "llm", "tts")
DEFAULT_OPENAI_MODEL = "gpt-4.1-mini"


@dataclass(frozen=True)
class PipelineSettings:
    """Empty lists mean "choose by the keys present". Keys never show in logs."""

    stt: tuple[str, ...] = ()
    llm: tuple[str, ...] = ()
    tts: tuple[str, ...] = ()
    deepgram_api_key: str = field(default="", repr=False)
    deepgram_base_url: str = "https://api.deepgram.com"
    openai_api_key: str = field(default="", repr=False)
    openai_base_url: str = ""
    openai_model: str = DEFAULT_OPENAI_MODEL

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "PipelineSettings":
        """Reads VOICELOOP_STT, VOICELOOP_LLM, VOICELOOP_TTS, DEEPGRAM_* and OPENAI_*. Raises SettingsError."""
        return cls(
            stt=_names(environment, "VOICELOOP_STT"),
            llm=_names(environment, "VOICELOOP_LLM"),
            tts=_names(environment, "VOICELOOP_TTS"),
            deepgram_api_key=environment.get("DEEPGRAM_API_KEY", "").strip(),
            deepgram_base_url=_root(_address(environment, "DEEPGRAM_BASE_URL") or cls.deepgram_base_url),
            openai_api_key=environment.get("OPENAI_API_KEY", "").strip(),
            openai_base_url=_address(environment, "OPENAI_BASE_URL"),
            openai_model=environment.get("OPENAI_MODEL", "").strip() or DEFAULT_OPENAI_MODEL,
        )

    def named(self, stage: str) -> tuple[str, ...]:
        """The list the operator gave for `stage`."""
        return {"stt": self.stt, "llm": self.llm, "tts": self.tts}[stage]


def _names(environment: Mapping[str, str], variable: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in environment.get(variable, "").split(",") if name.strip())
    if len(set(names)) != len(names):
        raise SettingsError(f"{variable} names a provider twice: {', '.join(names)}.")
    return names


def _address(environment: Mapping[str, str], variable: str) -> str:
    address = environment.get(variable, "").strip().rstrip("/")
    if address and not address.startswith(("http://", "https://", "ws://", "wss://")):
        raise SettingsError(f"{variable} is no address: it must start with http:// or https://.")
    return address


def _root(address: str) -> str:
    """The address without an API path, whichever of the usual forms it was given in."""
    for path in ("/v1/listen", "/v1/speak", "/v1"):
        address = address.removesuffix(path)
    return address
