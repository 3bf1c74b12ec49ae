"""What a persona's fields may be, as a client sends them. Nothing here reads or writes a row.

To add a field: here, in ``store.persona_versions.CONTENT``, and a column.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ingest.founding import is_zone
from ingest.routes import Body
from tools import catalogue

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SERVER_NAME: Final = re.compile(r"(?=.{1,24}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NO_SLUGS: Final = frozenset({"choices"})  # a path of its own
_PHONE: Final = re.compile(r"\+?[0-9]{3,15}")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./-]")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY_END: Final = "24:00"


def _is_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _is_slug(text: str) -> str:
    if not is_slug(text):
        raise ValueError("must have 1 to 63 small letters, digits and hyphens, and not begin with a hyphen")
    if text in _NO_SLUGS or is_id(text):
        raise ValueError("is reserved; choose another")
    return text


def is_slug(text: str) -> bool:
    return bool(_SLUG.fullmatch(text))


def is_id(text: str) -> bool:
    """Whether the text is a UUID in any spelling."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _is_toolsets(names: list[str]) -> list[str]:
    unknown = sorted(set(names) - catalogue.TOOLSETS.keys())
    if unknown:
        raise ValueError(f"may hold {', '.join(catalogue.TOOLSETS)}, each once")
    return list(dict.fromkeys(names))


def _are_servers(names: list[str]) -> list[str]:
    if not all(is_server_name(name) for name in names):
        raise ValueError("must hold names of MCP servers")
    return list(dict.fromkeys(names))


def is_server_name(name: str) -> bool:
    return bool(_SERVER_NAME.fullmatch(name))


def _is_kind(kind: str) -> str:
    if kind not in catalogue.KINDS:
        raise ValueError(f"must be one of {', '.join(catalogue.KINDS)}")
    return kind


def _is_voice(voice: str) -> str:
    if voice and voice not in catalogue.VOICES:
        raise ValueError(f"must be empty or one of {', '.join(catalogue.VOICES)}")
    return voice


def _is_phone(text: str) -> str:
    digits = _BETWEEN_DIGITS.sub("", text)
    if not _PHONE.fullmatch(digits):
        raise ValueError("must be a phone number such as +49 30 1234567")
    return digits


def _is_time_zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError("must be an IANA zone such as Europe/Berlin")
    return name


def _is_day(ranges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    last = ""
    for start, end in ranges:
        if not _TIME.fullmatch(start) or not (_TIME.fullmatch(end) or end == _DAY_END):
            raise ValueError("must hold times as HH:MM; an end may be 24:00")
        if start >= end or start < last:
            raise ValueError("must hold ranges that end after they start, in order, without overlap")
        last = end
    return ranges


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_is_line)]
Slug = Annotated[str, AfterValidator(_is_slug)]
Kind = Annotated[str, AfterValidator(_is_kind), Field(json_schema_extra={"enum": list(catalogue.KINDS)})]
Prompt = Annotated[str, Field(max_length=20_000)]
Greeting = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Voice = Annotated[str, AfterValidator(_is_voice)]
Toolsets = Annotated[list[str], Field(max_length=20), AfterValidator(_is_toolsets)]
McpServers = Annotated[list[str], Field(max_length=5), AfterValidator(_are_servers)]
Day = Annotated[list[tuple[str, str]], Field(max_length=10), AfterValidator(_is_day)]
Phone = Annotated[str, Field(max_length=40), AfterValidator(_is_phone)]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Saying = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_is_line)
]
Patience = Annotated[float, Field(ge=0.5, le=2.0, allow_inf_nan=False, description="A factor of how long it waits.")]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_is_time_zone)]


class BusinessHours(Body):
    """Ranges of local times a day. A day that is missing is closed; without any day it is always open."""

    timezone: TimeZone | None = None
    mon: Day | None = None
    tue: Day | None = None
    wed: Day | None = None
    thu: Day | None = None
    fri: Day | None = None
    sat: Day | None = None
    sun: Day | None = None


class EscalationContact(Body):
    """Whom to reach when a person is needed: by phone, e-mail or both."""

    name: Name
    phone: Phone | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _is_reachable(self) -> Self:
        if self.phone is None and self.email is None:
            raise ValueError("a contact needs a phone number or an e-mail address")
        return self


class Pronunciation(Body):
    """How a word, or several together, are said aloud; capitals make no difference."""

    written: Saying
    spoken: Saying


class PatienceByQuestion(Body):
    """The factor while it waits for the answer to such a question; `patience` counts for those that are not named.

    `choice`: one of a few, or a short value; `open`: anything else it asks.
    """

    yes_no: Patience | None = None
    choice: Patience | None = None
    when: Patience | None = None
    name: Patience | None = None
    digits: Patience | None = None
    email: Patience | None = None
    spelling: Patience | None = None
    open: Patience | None = None


class PersonaLimits(Body):
    """What a call with this persona is kept within."""

    call_minutes: Annotated[int, Field(ge=1, le=240)] | None = None


Contacts = Annotated[list[EscalationContact], Field(max_length=20)]


def _are_different(rows: list[Pronunciation]) -> list[Pronunciation]:
    written = [" ".join(row.written.split()).casefold() for row in rows]
    if len(set(written)) < len(written):
        raise ValueError("may say each word in one way")
    return rows


Pronunciations = Annotated[list[Pronunciation], Field(max_length=200), AfterValidator(_are_different)]


class NewPersona(Body):
    """Without a slug it gets one made of its name."""

    name: Name
    slug: Slug | Literal[""] | None = None
    kind: Kind = "custom"
    language: Language = "en"
    greeting: Greeting = ""
    voice: Voice = ""
    prompt: Prompt = ""
    toolsets: Toolsets = Field(default_factory=list[str])
    mcp_servers: McpServers = Field(default_factory=list[str])
    is_default: bool = False
    business_hours: BusinessHours = BusinessHours()
    escalation_contacts: Contacts = Field(default_factory=list[EscalationContact])
    limits: PersonaLimits = PersonaLimits()
    pronunciations: Pronunciations = Field(default_factory=list[Pronunciation])
    patience: Patience = 1.0
    patience_by_question: PatienceByQuestion = PatienceByQuestion()

    def content(self) -> dict[str, Any]:
        """The fields that a version keeps, as JSON values; the slug only when one was sent."""
        return _content(self)


class PersonaChange(Body):
    """Only what is sent changes. `version`: the one that you read; another one being current is a 409."""

    name: Name | None = None
    slug: Slug | None = None
    kind: Kind | None = None
    language: Language | None = None
    greeting: Greeting | None = None
    voice: Voice | None = None
    prompt: Prompt | None = None
    toolsets: Toolsets | None = None
    mcp_servers: McpServers | None = None
    is_default: bool | None = None
    business_hours: BusinessHours | None = None
    escalation_contacts: Contacts | None = None
    limits: PersonaLimits | None = None
    pronunciations: Pronunciations | None = None
    patience: Patience | None = None
    patience_by_question: PatienceByQuestion | None = None
    version: Annotated[int, Field(ge=1, le=2_147_483_647)] | None = None

    def content(self) -> dict[str, Any]:
        """The fields to change, as JSON values."""
        return _content(self)


def _content(body: NewPersona | PersonaChange) -> dict[str, Any]:
    sent = body.model_dump(mode="json", exclude={"is_default", "version"}, exclude_none=True)
    return {name: value for name, value in sent.items() if not (name == "slug" and value == "")}


def slug_of(name: str) -> str:
    """A slug made of a name: `Grüne Küche` becomes `grune-kuche`; of a name without Latin letters, `persona`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].strip("-")
    return "persona" if not slug or slug in _NO_SLUGS or is_id(slug) else slug
