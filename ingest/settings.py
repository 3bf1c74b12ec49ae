"""What the sidecar reads from the environment. Frozen; secrets masked; a wrong value stops the start and says which.

To add one: a field here and a line in ``.env.example``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from store.errors import SettingsError
from store.seal import problem_of_secrets

_REPOSITORY = Path(__file__).resolve().parent.parent


def _env(name: str) -> Any:
    return Field(validation_alias=AliasChoices(name))


class Settings(BaseSettings):
    """All of the sidecar's settings; sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True)

    database_url: Annotated[SecretStr, _env("DATABASE_URL")]
    livekit_url: Annotated[str, _env("LIVEKIT_URL")]
    livekit_api_key: Annotated[str, _env("LIVEKIT_API_KEY")]
    livekit_api_secret: Annotated[SecretStr, _env("LIVEKIT_API_SECRET")]
    secret_key: Annotated[SecretStr, _env("VOICELOOP_SECRET_KEY")]
    host: Annotated[str, _env("VOICELOOP_HOST")] = "127.0.0.1"
    port: Annotated[int, _env("VOICELOOP_PORT")] = 8080
    files: Annotated[Path, _env("VOICELOOP_FILES")] = Path("voiceloop-files")
    web: Annotated[Path, _env("VOICELOOP_WEB")] = _REPOSITORY / "web" / "dist"
    tenant: Annotated[str, _env("VOICELOOP_TENANT")] = "demo"
    local_sign_in: Annotated[bool, _env("VOICELOOP_LOCAL_SIGN_IN")] = False
    timezone: Annotated[str, _env("VOICELOOP_TIMEZONE")] = ""
    now: Annotated[str, _env("VOICELOOP_NOW")] = ""
    upload_limit: Annotated[int, _env("VOICELOOP_UPLOAD_LIMIT")] = 25 * 1024 * 1024
    job_processes: Annotated[int, _env("VOICELOOP_JOB_PROCESSES")] = 1
    log_format: Annotated[str, _env("VOICELOOP_LOG")] = "json"

    @field_validator("livekit_url")
    @classmethod
    def _is_livekit_url(cls, value: str) -> str:
        if not value.startswith(("ws://", "wss://", "http://", "https://")):
            raise ValueError("must start with ws:// or wss://")
        return value.replace("https://", "wss://", 1).replace("http://", "ws://", 1).rstrip("/")

    @field_validator("job_processes")
    @classmethod
    def _is_small(cls, value: int) -> int:
        if not 0 <= value <= 64:
            raise ValueError("must be between 0 and 64")
        return value

    @field_validator("port")
    @classmethod
    def _is_port(cls, value: int) -> int:
        if not 0 <= value <= 65535:
            raise ValueError("must be a port between 0 and 65535")
        return value

    @field_validator("secret_key")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        if problem := problem_of_secrets([part.strip() for part in value.get_secret_value().split(",")]):
            raise ValueError(problem)
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            return value and ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("must be an IANA zone such as Europe/Berlin") from error

    @field_validator("files")
    @classmethod
    def _is_directory(cls, value: Path) -> Path:
        if str(value).startswith("s3:"):
            raise ValueError("must be a directory; object storage is not supported in this version")
        return value.absolute()


def settings_from_environment() -> Settings:
    """Read the environment. Raises SettingsError naming every wrong variable, never a value that may be secret."""
    try:
        return Settings()  # pyright: ignore[reportCallIssue]  # every field comes from the environment
    except ValidationError as error:
        problems = "; ".join(f"{_name(item['loc'])}: {item['msg']}" for item in error.errors(include_input=False))
        raise SettingsError(f"The sidecar cannot start. {problems}.") from error


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as environment variables again, for a child process; secrets in the clear."""
    values: dict[str, str] = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
            values[str(alias.choices[0])] = "1" if value is True else "" if value is False else plain
    return values


def _name(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else "environment"
