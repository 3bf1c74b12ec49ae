"""An ingestion survives the death of the sidecar: it goes on by itself and nothing is half written."""

from __future__ import annotations

from typing import Any

from tests.e2e.stack import Stack, eventually

TOPICS = ("moorings", "towels", "umbrellas", "kayaks", "lanterns", "bakery", "library", "terrace", "boiler", "laundry")


def long_document(sections: int) -> str:
    """Markdown that takes the embedder a few seconds."""
    parts = ["# Annexe manual"]
    for number in range(sections):
        topic = TOPICS[number % len(TOPICS)]
        sentence = (
            f"Section {number} of the manual says how the {topic} of the annexe are looked after in week {number}. "
        )
        parts.append(f"## About {topic} {number}\n\n{sentence * 8}")
    return "\n\n".join(parts)


def test_an_ingestion_goes_on_after_the_sidecar_was_killed(stack: Stack) -> None:
    uploaded = stack.upload("annexe.md", long_document(150).encode(), "text/markdown")
    upload_id = uploaded["upload_id"]

    def reached(*statuses: str) -> dict[str, Any] | None:
        row = stack.request("GET", f"/api/files/{upload_id}")
        assert row["status"] not in ("failed", "rejected"), row
        return row if row["status"] in statuses else None

    if uploaded["status"] == "received":
        stack.request("POST", f"/api/files/{upload_id}/analyze", {})
    eventually(lambda: reached("awaiting_confirmation"), 60, "analysis")
    stack.request("POST", f"/api/files/{upload_id}/confirm-rag", {"save_to_rag": True})
    query = "SELECT status FROM documents WHERE filename = 'annexe.md'"
    eventually(lambda: stack.rows(query)[0]["status"] == "indexing", 20, "indexing")
    for process in stack.processes("-m", "ingest"):
        process.kill()
    eventually(lambda: stack.rows(query)[0]["status"] == "ready", 120, "end of the indexing")
    chunks = stack.rows(
        "SELECT seq, NOT EXISTS (SELECT FROM chunk_vectors v WHERE v.chunk_id = c.id) AS bare"
        " FROM chunks c JOIN documents d ON d.id = c.document_id"
        " WHERE d.filename = 'annexe.md' ORDER BY seq"
    )
    assert [chunk["seq"] for chunk in chunks] == list(range(chunks[0]["seq"], chunks[0]["seq"] + len(chunks)))
    assert not any(chunk["bare"] for chunk in chunks)
    found = stack.request("POST", "/api/knowledge/search", {"query": "How are the kayaks of the annexe looked after?"})
    assert "kayaks" in found["results"][0]["citation"]["quote"].lower()
