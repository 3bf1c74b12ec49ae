"""How `voiceloop document` shows documents and what was found in them. For people; programs get what HTTP sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from ingest.admin.documents_adding import Added
from ingest.admin.tables import masked, print_one, print_rows
from ingest.api.file_shapes import FileShape
from ingest.api.knowledge import Result, SearchAnswer

LIST_COLUMNS = ("title", "version", "status", "pages", "tags", "id")
_ONE_LINE = str.maketrans("\n\r\t", "   ")  # as many characters as before: places in the text stay right
_VERSION_COLUMNS = ("version", "status", "filename", "created_at", "id")
_NEXT = {"awaiting_confirmation": "waits for you", "received": "waits for a job process"}
_WORDS = {True: "recommended", False: "not recommended"}


def row_of(shape: FileShape) -> dict[str, Any]:
    """The columns of the list."""
    return {
        "title": shape.title,
        "version": shape.version,
        "status": shape.status,
        "pages": shape.pages or None,
        "tags": shape.tags,
        "filename": shape.filename,
        "created_at": shape.created_at,
        "id": shape.document_id,
    }


def print_added(added: Sequence[Added], *, as_json: bool) -> None:
    """A line a file: what it is now and, when that is not what was wanted, why."""
    rows = [one.as_row() for one in added]
    if as_json:
        print_rows(rows, (), as_json=True)
        return
    told = [{"file": one.file, "status": one.status, "id": one.document_id, "": _remark(one)} for one in added]
    print_rows(told, ("file", "status", "", "id"), as_json=False)


def _remark(one: Added) -> str:
    if one.error:
        return one.error["detail"]
    if one.status not in _NEXT:
        return ""
    said = [_WORDS[one.recommended]] if one.recommended is not None else []
    if one.recommended is False:
        said += one.reasons
    return "; ".join(part.rstrip(".") for part in (*said, _NEXT[one.status]))


def print_document(shape: FileShape, versions: Sequence[FileShape]) -> None:
    """Everything a person wants to know before they confirm."""
    fields = row_of(shape)
    fields |= {
        "file": f"{shape.filename} ({shape.content_type}, {shape.file_size} bytes)",
        "category": shape.category,
        "language": shape.language,
        "searchable pieces": shape.chunk_count,
        "error": shape.error.detail if shape.error else None,
    }
    del fields["filename"]
    print_one(fields, as_json=False)
    console = _console()
    for title, lines in _sections(shape.analysis or {}, [finding.model_dump() for finding in shape.findings]):
        if lines:
            console.print(Text(f"\n{_plain(title)}", style="bold"))
            for line in lines:
                console.print(Text(f"  {_plain(line)}"), soft_wrap=True)
    if len(versions) > 1:
        console.print(Text("\nVersions", style="bold"))
        print_rows([row_of(one) for one in versions], _VERSION_COLUMNS, as_json=False)


def _sections(
    analysis: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, Sequence[str]]]:
    if not analysis:
        yield "What was found in the file", [_warning(one, one["detail"]) for one in findings]
        return
    yield "Summary", [str(analysis.get("summary") or "")]
    yield "Key points", [f"- {point}" for point in analysis.get("key_points") or ()]
    verdict = _WORDS[bool(analysis.get("recommended_for_rag"))].capitalize()
    yield verdict, [str(reason["text"]) for reason in analysis.get("reasons") or ()]
    yield "What to look at", [_warning(one, one["text"]) for one in analysis.get("warnings") or ()]
    yield "Almost the same as", [f"{one['title']}: {one['text']}" for one in analysis.get("duplicates") or ()]
    yield "Says two different things", [str(one["text"]) for one in analysis.get("contradictions") or ()]
    personal = analysis.get("personal_data") or ()
    yield "Personal data", [f"{one['kind']}: {one['count']} ({', '.join(one['samples'])})" for one in personal]


def _warning(one: Mapping[str, Any], text: str) -> str:
    place = f" (page {one['page']})" if one.get("page") else ""
    quote = f' "{one["quote"]}"' if one.get("quote") else ""
    return f"{one['severity']}: {text}{place}{quote}"


def print_found(answer: SearchAnswer) -> None:
    """What a caller would hear, and the passages with the words that were asked for."""
    console = _console()
    if answer.answered:
        console.print("A caller would hear the first of these.")
    else:
        console.print('A caller would hear "I couldn\'t find that": nothing fits well enough.')
    if answer.degraded:
        console.print("Only words were looked for: the model of meanings did not answer.")
    for one in answer.results:
        cited = one.citation
        place = f", {cited.place}" if cited.place else ""
        console.print(Text(f"\n{cited.number}. {_plain(cited.title)}{_plain(place)}  ", style="bold"), end="")
        console.print(Text(f"fits {cited.relevance} of 100"))
        console.print(_quotation(one), soft_wrap=True)


def _quotation(one: Result) -> Text:
    """The passage with the quoted sentence between » and «, and the words that were asked for underlined."""
    text, quote = Text(_plain(one.document)), one.citation.quote
    for first, last in one.highlights:
        text.stylize("bold underline", first, last)
    start = one.document.find(quote) if quote else -1
    if start < 0:
        return Text("   ") + text
    end = start + len(quote)
    return Text("   ") + text[:start] + Text("»") + text[start:end] + Text("«") + text[end:]


def _console() -> Console:
    return Console(highlight=False, markup=False)


def _plain(text: str) -> str:
    return masked(text.translate(_ONE_LINE))
