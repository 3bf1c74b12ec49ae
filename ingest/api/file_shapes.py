"""What HTTP shows of a document and its jobs, and what people may send to correct one. Values and their checks only."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, cast
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from ingest.documents.model import IMAGES, PDF
from ingest.documents.naming import one_line
from ingest.paging import PageQuery
from ingest.routes import Body, Shape
from store.document_lists import Listed
from store.jobs import Job
from tools.citations.model import DOI, KINDS, bare_doi, partial_date

PROGRESS = {"received": 0, "inspecting": 10, "extracting": 30, "analysing": 70, "indexing": 80}
Status = Literal[
    "received", "inspecting", "extracting", "analysing", "awaiting_confirmation", "indexing", "ready", "replaced",
    "rejected", "failed",
]  # fmt: skip
JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
Word = Annotated[str, StringConstraints(max_length=100)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"\S")]


class Fault(Shape):
    """Why something failed: a stable code and a plain sentence."""

    code: str
    detail: str


class FindingShape(Shape):
    """Something to know before confirming; ``page`` 0 is all of it."""

    code: str
    severity: str
    detail: str
    page: int


class JobShape(Shape):
    """``attempt`` counts the tries that failed for no fault of the document, ``reason`` says why the last one did."""

    id: str
    kind: str
    status: str
    stage: str
    progress: int
    attempt: int
    reason: str
    error: Fault | None
    document_id: str | None
    created_at: datetime
    updated_at: datetime


class FileShape(Shape):
    """One version of a document. ``pages`` is 0 for formats without pages; ``job`` is the latest."""

    upload_id: str
    document_id: str
    series_id: str
    version: int
    replaces: str | None
    filename: str
    title: str
    category: str
    tags: list[str]
    language: str
    file_size: int
    content_type: str
    status: str
    progress: int
    stage: str
    pages: int
    page_kind: str
    preview: bool
    chunk_count: int
    metadata: dict[str, Any]
    source: dict[str, Any]
    findings: list[FindingShape]
    analysis: dict[str, Any] | None
    recommended_for_rag: bool | None
    error: Fault | None
    job: JobShape | None
    created_at: datetime


class FileList(Shape):
    items: list[FileShape]
    next_cursor: str | None


class FileQuery(PageQuery):
    """``q`` is looked for in title and file name."""

    status: Status | None = None
    category: Word | None = None
    tag: Word | None = None
    q: Annotated[str | None, Field(max_length=200)] = None
    series_id: UUID | None = None


def _doi(value: str) -> str:
    value = bare_doi(value)
    if value and not DOI.fullmatch(value):
        raise ValueError("must be a DOI such as 10.1000/182")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise ValueError("must be an address such as https://example.com/report") from error
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", value)):
        raise ValueError("must be an address such as https://example.com/report")
    return value


def _day(value: str) -> str:
    if value and not partial_date(value):
        raise ValueError("must be a year, a month or a day: 2017, 2017-12 or 2017-12-04")
    return value


def _kind(value: str) -> str:
    if value and value not in KINDS:
        raise ValueError(f"must be one of {', '.join(KINDS)}")
    return value


Day = Annotated[str, Field(max_length=10), AfterValidator(_day)]


class TypedFields(Body):
    """What people type and others read: each text on one line, without the characters no file name may hold."""

    @field_validator("*")
    @classmethod
    def _is_line(cls, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(cls._is_line(one) for one in cast(tuple[object, ...], value))
        return one_line(value) if isinstance(value, str) else value


class AuthorFields(TypedFields):
    """A person's ``family`` and ``given`` names, or an organisation's as ``literal``."""

    family: Word = ""
    given: Word = ""
    literal: Annotated[str, Field(max_length=300)] = ""

    @model_validator(mode="after")
    def _is_somebody(self) -> AuthorFields:
        if not (self.family.strip() or self.literal.strip()):
            raise ValueError("must have a family name, or a literal name")
        return self


class SourceFields(TypedFields):
    """Where it was published, for references. ``authors``: "Family, Given", or the parts of the name."""

    type: Annotated[str, Field(max_length=40), AfterValidator(_kind)] = ""
    title: Annotated[str, Field(max_length=300)] = ""
    authors: Annotated[tuple[Line | AuthorFields, ...], Field(max_length=100)] = ()
    journal: Annotated[str, Field(max_length=300)] = ""
    volume: Annotated[str, Field(max_length=50)] = ""
    issue: Annotated[str, Field(max_length=50)] = ""
    pages: Annotated[str, Field(max_length=50)] = ""
    publisher: Annotated[str, Field(max_length=300)] = ""
    year: Annotated[str, Field(max_length=4), AfterValidator(_day)] = ""
    published: Day = ""
    accessed: Day = ""
    doi: Annotated[str, Field(max_length=300), AfterValidator(_doi)] = ""
    pmid: Annotated[str, Field(max_length=9, pattern=r"^([1-9][0-9]{0,8})?$")] = ""
    url: Annotated[str, Field(max_length=2000), AfterValidator(_url)] = ""


class Corrections(TypedFields):
    """What is not sent stays; a new analysis leaves alone what was sent once. ``language`` is ISO 639-1 or empty."""

    title: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")] = "x"
    category: Word = ""
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    language: Annotated[str, Field(pattern=r"^([a-z]{2})?$")] = ""
    source: SourceFields = SourceFields()


def job_shape(job: Job) -> JobShape:
    return JobShape.model_validate({**job.as_json(), "created_at": job.created_at, "updated_at": job.updated_at})


def shown(analysis: dict[str, Any]) -> dict[str, Any]:
    """An analysis as people see it: without what only later documents are compared with."""
    return {name: value for name, value in analysis.items() if name != "fingerprint"}


def file_shape(listed: Listed) -> FileShape:
    document, analysis = listed.document, listed.document.analysis
    is_working = document.status in PROGRESS and listed.job is not None
    return FileShape(
        upload_id=str(document.id),
        document_id=str(document.id),
        series_id=str(document.series_id),
        version=document.version,
        replaces=str(listed.replaces) if listed.replaces else None,
        filename=document.filename,
        title=document.title,
        category=document.category,
        tags=document.tags,
        language=document.language,
        file_size=document.size_bytes,
        content_type=document.content_type,
        status=document.status,
        progress=listed.job.progress if is_working and listed.job else PROGRESS.get(document.status, 100),
        stage=document.status,
        pages=document.page_count,
        page_kind=document.page_kind,
        preview=document.page_kind == "page" and document.content_type in IMAGES | {PDF} and document.page_count > 0,
        chunk_count=listed.chunk_count,
        metadata=document.metadata,
        source=document.source,
        findings=[FindingShape.model_validate(one) for one in document.inspection.get("findings", ())],
        analysis=shown(analysis) if analysis else None,
        recommended_for_rag=bool(analysis.get("recommended_for_rag")) if analysis else None,
        error=Fault.model_validate(document.error) if document.error else None,
        job=job_shape(listed.job) if listed.job else None,
        created_at=document.created_at,
    )
