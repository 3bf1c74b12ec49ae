"""`voiceloop document`: documents in, looked at, confirmed, found, as `/api/files` and `/api/knowledge` do it.

Says what may be typed; what is then done is in ``documents_work.py``, loaded when it is needed: it brings the search
along, which `voiceloop up` must not wait for. A document is named by id, title or file name.
"""

from __future__ import annotations

from types import ModuleType
from typing import Annotated

import typer

from ingest.admin.desk import HomeOption, JsonOption, TenantOption, YesOption
from store.document_lists import Filter

app = typer.Typer(help="Documents of a tenant: add, look at, confirm, search, delete.", no_args_is_help=True)
FilesArgument = Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, folders, or patterns in quotes.")]
DocumentArgument = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id, title or file name.")]
DocumentsArgument = Annotated[list[str], typer.Argument(metavar="DOCUMENT...", help="Ids, titles or file names.")]


@app.command()
def add(
    files: FilesArgument,
    replace: Annotated[str, typer.Option(metavar="DOCUMENT", help="The file is this document's next version.")] = "",
    title: Annotated[str, typer.Option(help="What it is called; else what it calls itself.")] = "",
    confirm: Annotated[bool, typer.Option("--confirm", help="Confirm what the analysis recommends.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until they are read and analysed.")] = True,
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Take documents in and show what was made of them; exit code 1 when one was refused or failed."""
    _work().add(home, tenant, files, replace=replace, title=title, confirm_too=confirm, wait=wait, as_json=as_json)


@app.command("list")
def list_documents(
    words: Annotated[str, typer.Option("--name", help="Only those with this in their title or file name.")] = "",
    status: Annotated[str, typer.Option(help="Only those: awaiting_confirmation, ready, failed and so on.")] = "",
    tag: Annotated[str, typer.Option(help="Only those with this tag.")] = "",
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Show which documents there are, newest first."""
    only = Filter(status=status or None, tag=tag or None, q=words or None)
    _work().print_list(home, tenant, only, as_json=as_json)


@app.command()
def show(
    document: DocumentArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """Show one document: what was understood, what to look at before confirming, its versions."""
    _work().show(home, tenant, document, as_json=as_json)


@app.command("confirm")
def confirm_documents(
    documents: DocumentsArgument,
    wait: Annotated[bool, typer.Option(help="Wait until they can be searched.")] = True,
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Let documents answer callers; a version that was replaced becomes the current one again."""
    _work().confirm_all(home, tenant, documents, wait=wait, as_json=as_json)


@app.command()
def reject(
    document: DocumentArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """Keep an analysed document out of every answer; it stays in the list."""
    _work().reject(home, tenant, document, as_json=as_json)


@app.command()
def delete(
    document: DocumentArgument,
    yes: YesOption = False,
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Remove one version of a document for good: file, pages, vectors, pictures."""
    _work().delete(home, tenant, document, yes=yes, as_json=as_json)


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What a caller would ask.")],
    limit: Annotated[int, typer.Option(help="Passages at most, 1 to 50.")] = 5,
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Ask what a caller would ask: the passages, their places, and whether a caller would hear them."""
    _work().search(home, tenant, query, limit=limit, as_json=as_json)


@app.command()
def reindex(home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False) -> None:
    """Have vectors made with the model that is set now (VOICELOOP_EMBEDDINGS), beside those that answer."""
    _work().reindex(home, tenant, as_json=as_json)


def _work() -> ModuleType:
    from ingest.admin import documents_work

    return documents_work
