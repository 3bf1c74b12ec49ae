/** One document: where it stands, what was understood, and what the person can decide. */

import { useRef, useState } from "react";
import { api } from "../api/client";
import { sentenceOf } from "../api/errors";
import type { FileRow } from "../api/types";
import { TrashIcon } from "../app/icons";
import { AnalysisView } from "./AnalysisView";
import { errorOf, kindOf, lookOf, sizeOf } from "./status";

export function FileCard({ row, onChange }: { row: FileRow; onChange: () => void }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [open, setOpen] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const trash = useRef<HTMLButtonElement>(null);
  const keep = () => {
    setLeaving(false);
    trash.current?.focus();
  };
  const look = lookOf(row);
  const asking = row.status === "awaiting_confirmation";
  const error = problem ?? errorOf(row);

  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      onChange();
    } catch (failure) {
      setProblem(sentenceOf(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <li className={`file ${asking ? "file-asking" : ""}`} data-testid="file-row" data-status={row.status}>
      <div className="file-head">
        <span className="file-kind" aria-hidden="true">
          {kindOf(row.filename)}
        </span>
        <div className="file-name">
          <strong>{row.title || row.filename}</strong>
          <span className="muted small">{factsOf(row)}</span>
        </div>
        <span className={`status status-${look.tone}`} data-testid="file-status" data-status={row.status}>
          {look.label}
        </span>
        <button
          ref={trash}
          type="button"
          className="plain-icon"
          aria-label={`Delete ${row.title || row.filename}`}
          disabled={busy}
          onClick={() => setLeaving(true)}
        >
          <TrashIcon />
        </button>
      </div>
      {look.tone === "busy" && (
        <progress className="progress" max={100} value={look.progress} aria-label={`${look.label}: ${row.filename}`} />
      )}
      {leaving && (
        <div className="file-ask" role="alertdialog" aria-label="Delete this document?">
          <span>Delete it, with everything learned from it?</span>
          <button
            type="button"
            className="button bad"
            disabled={busy}
            onClick={() => void act(() => api.deleteFile(row.upload_id))}
          >
            Delete
          </button>
          <button type="button" className="button" onClick={keep}>
            Keep
          </button>
        </div>
      )}
      {error && (
        <p className="file-error" role="alert">
          {error}
        </p>
      )}
      {row.status === "failed" && (
        <button
          type="button"
          className="text-button"
          disabled={busy}
          onClick={() => void act(() => api.analyseFile(row.upload_id))}
        >
          Try again
        </button>
      )}
      {row.analysis && (asking || open) && <AnalysisView analysis={row.analysis} row={row} />}
      {asking && (
        <div className="actions">
          <button
            type="button"
            className="button primary"
            data-testid="file-confirm"
            disabled={busy}
            onClick={() => void act(() => api.confirmFile(row.upload_id, true))}
          >
            Add to knowledge
          </button>
          <button
            type="button"
            className="button"
            data-testid="file-reject"
            disabled={busy}
            onClick={() => void act(() => api.confirmFile(row.upload_id, false))}
          >
            Don’t use it
          </button>
        </div>
      )}
      {row.analysis && !asking && (
        <button type="button" className="text-button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? "Hide summary" : "Show summary"}
        </button>
      )}
    </li>
  );
}

function factsOf(row: FileRow): string {
  const facts = [row.title && row.title !== row.filename ? row.filename : undefined, sizeOf(row.file_size)];
  if (row.pages) facts.push(row.pages === 1 ? "1 page" : `${row.pages} pages`);
  return facts.filter(Boolean).join(" · ");
}
