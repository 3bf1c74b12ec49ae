"""What the sidecar reads from the environment. Frozen; secrets masked; a wrong value stops the start and says which.

To add one: a field here and a line in ``.env.example``.
"""

from __future__ import annotations

import ipaddress
import re
from email.utils import formataddr, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.documents.chunk import ChunkSize
from ingest.documents.clamd import clamd_address
from ingest.mails.smtp import SmtpServer
from store.allowances import Allowance
from store.errors import SettingsError
from store.files.open import location_of
from store.seal import problem_of_secrets
from tools.calendars.accounts.apps import (
    GOOGLE_API,
    GRAPH_API,
    MICROSOFT_AUTHORITY,
    CalendarApps,
    OAuthApp,
    problem_of_allowed,
    problem_of_pairs,
)
from tools.knowledge.remote_embedding import Server
from tools.outside.addresses import Guard

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_ORIGIN = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
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
    public_url: Annotated[str, _env("VOICELOOP_PUBLIC_URL"), Field(validate_default=True)] = ""
    files: Annotated[str, _env("VOICELOOP_FILES")] = "voiceloop-files"
    web: Annotated[Path, _env("VOICELOOP_WEB")] = _REPOSITORY / "web" / "dist"
    tenant: Annotated[str, _env("VOICELOOP_TENANT")] = "demo"
    unsigned_dispatch: Annotated[
        Literal["default-tenant", "any-tenant", "none"], _env("VOICELOOP_UNSIGNED_DISPATCH")
    ] = "default-tenant"
    local_sign_in: Annotated[bool, _env("VOICELOOP_LOCAL_SIGN_IN")] = False
    timezone: Annotated[str, _env("VOICELOOP_TIMEZONE")] = ""
    now: Annotated[str, _env("VOICELOOP_NOW")] = ""
    upload_limit: Annotated[int, _env("VOICELOOP_UPLOAD_LIMIT")] = 25 * 1024 * 1024
    answer_cache_s: Annotated[float, _env("VOICELOOP_ANSWER_CACHE_S"), Field(ge=0, le=2_592_000)] = 3600.0
    trash_days: Annotated[int, _env("VOICELOOP_TRASH_DAYS"), Field(ge=1, le=3650)] = 30
    job_processes: Annotated[int, _env("VOICELOOP_JOB_PROCESSES")] = 1
    smtp_url: Annotated[SecretStr, _env("SMTP_URL")] = SecretStr("")
    mail_from: Annotated[str, _env("VOICELOOP_MAIL_FROM")] = ""
    clamd_url: Annotated[str, _env("CLAMD_URL")] = ""
    s3_endpoint_url: Annotated[str, _env("S3_ENDPOINT_URL")] = ""
    embeddings: Annotated[str, _env("VOICELOOP_EMBEDDINGS")] = ""
    chunking: Annotated[str, _env("VOICELOOP_CHUNKING")] = ""
    ocr_languages: Annotated[str, _env("VOICELOOP_OCR_LANGUAGES"), Field(pattern=r"^\w+([+,]\w+)*$")] = "eng"
    stt: Annotated[str, _env("VOICELOOP_STT")] = ""
    llm: Annotated[str, _env("VOICELOOP_LLM")] = ""
    openai_api_key: Annotated[SecretStr, _env("OPENAI_API_KEY")] = SecretStr("")
    openai_base_url: Annotated[str, _env("OPENAI_BASE_URL")] = ""
    openai_model: Annotated[str, _env("OPENAI_MODEL")] = ""
    deepgram_api_key: Annotated[SecretStr, _env("DEEPGRAM_API_KEY")] = SecretStr("")
    deepgram_base_url: Annotated[str, _env("DEEPGRAM_BASE_URL")] = ""
    google_client_id: Annotated[str, _env("GOOGLE_CLIENT_ID")] = ""
    google_client_secret: Annotated[SecretStr, _env("GOOGLE_CLIENT_SECRET")] = SecretStr("")
    google_api_base_url: Annotated[str, _env("GOOGLE_API_BASE_URL")] = GOOGLE_API
    microsoft_client_id: Annotated[str, _env("MICROSOFT_CLIENT_ID")] = ""
    microsoft_client_secret: Annotated[SecretStr, _env("MICROSOFT_CLIENT_SECRET")] = SecretStr("")
    microsoft_tenant: Annotated[str, _env("MICROSOFT_TENANT"), Field(pattern=r"^[A-Za-z0-9.-]+$")] = "common"
    microsoft_authority: Annotated[str, _env("MICROSOFT_AUTHORITY")] = MICROSOFT_AUTHORITY
    microsoft_graph_base_url: Annotated[str, _env("MICROSOFT_GRAPH_BASE_URL")] = GRAPH_API
    calendar_sync_s: Annotated[float, _env("VOICELOOP_CALENDAR_SYNC_S"), Field(ge=10, le=86_400)] = 120.0
    caldav_allow: Annotated[str, _env("VOICELOOP_CALDAV_ALLOW")] = ""
    mcp_allow: Annotated[str, _env("VOICELOOP_MCP_ALLOW")] = ""
    log_format: Annotated[str, _env("VOICELOOP_LOG")] = "json"
    trusted_proxies: Annotated[str, _env("VOICELOOP_TRUSTED_PROXIES")] = ""
    cors_origins: Annotated[str, _env("VOICELOOP_CORS_ORIGINS")] = ""
    embed_origins: Annotated[str, _env("VOICELOOP_EMBED_ORIGINS")] = ""
    hsts_subdomains: Annotated[bool, _env("VOICELOOP_HSTS_SUBDOMAINS")] = False
    body_timeout_s: Annotated[float, _env("VOICELOOP_BODY_TIMEOUT_S")] = 30.0
    answer_timeout_s: Annotated[float, _env("VOICELOOP_ANSWER_TIMEOUT_S")] = 60.0
    idle_timeout_s: Annotated[float, _env("VOICELOOP_IDLE_TIMEOUT_S")] = 75.0
    limit_address: Annotated[str, _env("VOICELOOP_LIMIT_ADDRESS")] = "3000/60"
    limit_user: Annotated[str, _env("VOICELOOP_LIMIT_USER")] = "1200/60"
    limit_key: Annotated[str, _env("VOICELOOP_LIMIT_KEY")] = "1200/60"
    limit_token: Annotated[str, _env("VOICELOOP_LIMIT_TOKEN")] = "60/60"
    limit_failed: Annotated[str, _env("VOICELOOP_LIMIT_FAILED")] = "60/60"
    limit_sign_in_address: Annotated[str, _env("VOICELOOP_LIMIT_SIGN_IN_ADDRESS")] = "30/60"
    limit_sign_in_email: Annotated[str, _env("VOICELOOP_LIMIT_SIGN_IN_EMAIL")] = "10/300"
    limit_sign_in_email_anywhere: Annotated[str, _env("VOICELOOP_LIMIT_SIGN_IN_EMAIL_ANYWHERE")] = "100/300"
    limit_connect: Annotated[str, _env("VOICELOOP_LIMIT_CONNECT")] = "60/600"
    limit_calendar_push: Annotated[str, _env("VOICELOOP_LIMIT_CALENDAR_PUSH")] = "1200/60"
    limit_reset_address: Annotated[str, _env("VOICELOOP_LIMIT_RESET_ADDRESS")] = "20/3600"
    limit_reset_email: Annotated[str, _env("VOICELOOP_LIMIT_RESET_EMAIL")] = "5/3600"
    limit_reset_email_anywhere: Annotated[str, _env("VOICELOOP_LIMIT_RESET_EMAIL_ANYWHERE")] = "20/3600"

    def embedding_server(self, *, timeout_s: float = 2.0, retries: int = 0) -> Server:
        """Where vectors come from when VOICELOOP_EMBEDDINGS names a server, and how patiently it is asked."""
        return Server(self.openai_api_key.get_secret_value(), self.openai_base_url, timeout_s, retries)

    @property
    def calendar_apps(self) -> CalendarApps:
        """What this installation is at the providers of calendars."""
        google, microsoft = self.google_client_secret, self.microsoft_client_secret
        return CalendarApps(
            google=OAuthApp(self.google_client_id, google.get_secret_value()) if self.google_client_id else None,
            microsoft=OAuthApp(self.microsoft_client_id, microsoft.get_secret_value())
            if self.microsoft_client_id
            else None,
            microsoft_tenant=self.microsoft_tenant,
            microsoft_authority=self.microsoft_authority,
            google_api=self.google_api_base_url,
            graph_api=self.microsoft_graph_base_url,
            caldav_allow=tuple(_parts(self.caldav_allow)),
        )

    @property
    def mcp_guard(self) -> Guard:
        """Which servers of tools may be connected to."""
        return Guard(tuple(_parts(self.mcp_allow)), "server of tools", "VOICELOOP_MCP_ALLOW")

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The networks of the proxies whose X-Forwarded-For is believed."""
        return _networks(self.trusted_proxies)

    @property
    def cors(self) -> frozenset[str]:
        """The other origins whose pages may use the interface, with a bearer key."""
        return frozenset(_origins(self.cors_origins))

    @property
    def embedders(self) -> tuple[str, ...]:
        """The origins whose pages may show `/widget` in a frame."""
        return _origins(self.embed_origins)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        _networks(value)
        return value

    @field_validator("cors_origins", "embed_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        _origins(value)
        return value

    @field_validator(
        "limit_address",
        "limit_user",
        "limit_key",
        "limit_token",
        "limit_failed",
        "limit_sign_in_address",
        "limit_sign_in_email",
        "limit_sign_in_email_anywhere",
        "limit_connect",
        "limit_calendar_push",
        "limit_reset_address",
        "limit_reset_email",
        "limit_reset_email_anywhere",
    )
    @classmethod
    def _is_allowance(cls, value: str) -> str:
        Allowance.parse(value)
        return value

    @field_validator("body_timeout_s", "answer_timeout_s", "idle_timeout_s")
    @classmethod
    def _is_time(cls, value: float) -> float:
        if not 0.1 <= value <= 3600:
            raise ValueError("must be between 0.1 and 3600 seconds")
        return value

    @field_validator("chunking")
    @classmethod
    def _is_chunk_size(cls, value: str) -> str:
        ChunkSize.parse(value)
        return value

    @field_validator("livekit_url")
    @classmethod
    def _is_livekit_url(cls, value: str) -> str:
        if not value.startswith(("ws://", "wss://", "http://", "https://")):
            raise ValueError("must start with ws:// or wss://")
        return value.replace("https://", "wss://", 1).replace("http://", "ws://", 1).rstrip("/")

    @field_validator("public_url")
    @classmethod
    def _is_address(cls, value: str, info: ValidationInfo) -> str:
        """Links in mails need the address people reach the page at; unset, it is where this program listens."""
        host, port = info.data.get("host", ""), info.data.get("port", 0)
        listens_everywhere = host in {"", "0.0.0.0", "::"}  # compared, not listened on
        name = "127.0.0.1" if listens_everywhere else f"[{host}]" if ":" in host else host
        url = (value or f"http://{name}:{port}").rstrip("/")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an address such as https://voice.example.com")
        return url

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

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp_url(cls, value: SecretStr) -> SecretStr:
        if url := value.get_secret_value():
            SmtpServer.from_url(url)
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        name, address = parseaddr(value)
        if value and (not value.isprintable() or formataddr((name, address)).count("@") != 1):
            raise ValueError("must be an address such as VoiceLoop <voiceloop@example.org>")
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            return value and ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("must be an IANA zone such as Europe/Berlin") from error

    @field_validator("files", mode="before")
    @classmethod
    def _is_location(cls, value: object) -> str:
        return location_of(str(value))

    @model_validator(mode="after")
    def _clients_are_whole(self) -> Settings:
        values = {
            "GOOGLE_CLIENT_ID": self.google_client_id,
            "GOOGLE_CLIENT_SECRET": self.google_client_secret.get_secret_value(),
            "MICROSOFT_CLIENT_ID": self.microsoft_client_id,
            "MICROSOFT_CLIENT_SECRET": self.microsoft_client_secret.get_secret_value(),
        }
        if problem := problem_of_pairs(values):
            raise ValueError(problem)
        return self

    @field_validator("microsoft_authority")
    @classmethod
    def _is_authority(cls, value: str) -> str:
        if not value.startswith("https://"):
            raise ValueError("must be an address such as https://login.microsoftonline.com")
        return value.rstrip("/")

    @field_validator("caldav_allow", "mcp_allow")
    @classmethod
    def _are_hosts(cls, value: str) -> str:
        if problem := problem_of_allowed(_parts(value)):
            raise ValueError(problem)
        return value

    @field_validator("s3_endpoint_url", "google_api_base_url", "microsoft_graph_base_url")
    @classmethod
    def _is_endpoint(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be an address such as https://s3.example.com or http://minio:9000")
        return value.rstrip("/")

    @field_validator("clamd_url")
    @classmethod
    def _is_scanner(cls, value: str) -> str:
        if value:
            clamd_address(value)
        return value


def settings_from_environment(**given: Any) -> Settings:
    """Read the environment; a variable that is ``given`` wins over its.

    Raises SettingsError naming every wrong variable, never a value that may be secret.
    """
    try:
        return Settings(**given)  # pyright: ignore[reportCallIssue]  # every field comes from the environment
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


@lru_cache(maxsize=16)
def _networks(text: str) -> tuple[Network, ...]:
    """Addresses and CIDRs, separated by commas. Raises ValueError."""
    try:
        return tuple(ipaddress.ip_network(part) for part in _parts(text))
    except ValueError as error:
        raise ValueError("must be addresses or networks such as 10.0.0.0/8, separated by commas") from error


@lru_cache(maxsize=16)
def _origins(text: str) -> tuple[str, ...]:
    """Exact origins, separated by commas. Raises ValueError."""
    origins = tuple(part.lower() for part in _parts(text))
    if any(_ORIGIN.fullmatch(origin) is None for origin in origins):
        raise ValueError("must be origins such as https://www.example.com, separated by commas; no *, no path")
    return origins


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
