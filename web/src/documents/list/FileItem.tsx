/** One document in the list: where it stands, what it is, and what can be decided at once. */

import type { FileRow } from "../../api/documents";
import { CloseIcon, TrashIcon } from "../../app/icons";
import { link } from "../../app/router";
import { ago, exactly } from "../../app/times";
import { Alarms, Status } from "../Status";
import {
  canRetry,
  isAdvised,
  isBusy,
  isNewVersion,
  lengthOf,
  lookOf,
  nameOf,
  retryOf,
  sizeOf,
  troubleOf,
  versionOf,
} from "../words";
import { DocumentLook } from "./Thumbnail";
import { addressOf } from "./wanted";

export interface RowActs {
  confirm: (row: FileRow) => void;
  reject: (row: FileRow) => void;
  remove: (row: FileRow) => void;
  retry: (row: FileRow) => void;
  cancel: (row: FileRow) => void;
}

interface Props {
  row: FileRow;
  /** All that are shown. */
  rows: readonly FileRow[];
  now: Date;
  /** Missing: this person may only look. */
  acts: RowActs | undefined;
  problem: string | undefined;
  chosen: boolean;
  onChoose: (shift: boolean) => void;
}

export function FileItem({ row, rows, now, acts, problem, chosen, onChoose }: Props) {
  const name = nameOf(row);
  const asking = row.status === "awaiting_confirmation" && !isBusy(row);
  const trouble = problem ?? (isBusy(row) ? undefined : troubleOf(row.error));
  const look = lookOf(row);
  return (
    <li
      className={`file ${asking ? "file-asking" : ""} ${chosen ? "file-chosen" : ""}`}
      data-testid="file-row"
      data-status={row.status}
      data-id={row.upload_id}
    >
      {acts && (
        <label className="file-choose">
          <input
            type="checkbox"
            aria-label={`Choose ${name}`}
            checked={chosen}
            onChange={() => undefined}
            onClick={(click) => onChoose(click.shiftKey)}
          />
        </label>
      )}
      <DocumentLook row={row} />
      <div className="file-main">
        <a
          className="file-title"
          href={link(`/documents/${encodeURIComponent(row.upload_id)}`)}
          data-testid="file-open"
        >
          {name}
        </a>
        <p className="muted small file-facts">
          <Facts row={row} rows={rows} now={now} />
        </p>
        {asking && row.analysis?.summary && <p className="file-summary">{row.analysis.summary}</p>}
        {look.tone === "busy" && !look.inLine && (
          <progress className="progress" max={100} value={look.progress} aria-label={`${look.label}: ${name}`} />
        )}
        {retryOf(row) && <p className="muted small">{retryOf(row)}</p>}
        {trouble && (
          <p className="file-error" role={problem ? "alert" : undefined}>
            {trouble}
          </p>
        )}
      </div>
      <div className="file-state">
        <Alarms row={row} />
        <Status row={row} />
      </div>
      {acts && <Actions row={row} name={name} acts={acts} asking={asking} />}
    </li>
  );
}

function Facts({ row, rows, now }: Pick<Props, "row" | "rows" | "now">) {
  const facts = [
    row.title && row.title !== row.filename ? row.filename : "",
    sizeOf(row.file_size),
    lengthOf(row),
    versionOf(row, rows),
  ].filter(Boolean);
  return (
    <>
      <span>
        {facts.join(" · ")} ·{" "}
        <time dateTime={row.created_at} title={exactly(row.created_at)}>
          {ago(row.created_at, now)}
        </time>
      </span>
      {row.category && (
        <a className="chip chip-strong" href={link(addressOf({ category: row.category }))}>
          {row.category}
        </a>
      )}
      {(row.tags ?? []).slice(0, 4).map((tag) => (
        <a className="chip" key={tag} href={link(addressOf({ tag }))}>
          {tag}
        </a>
      ))}
    </>
  );
}

function Actions({ row, name, acts, asking }: { row: FileRow; name: string; acts: RowActs; asking: boolean }) {
  const busy = isBusy(row);
  return (
    <div className="file-actions">
      {asking && (
        <>
          <button
            type="button"
            className={`button small-button ${isAdvised(row) ? "primary" : ""}`}
            data-testid="file-confirm"
            onClick={() => acts.confirm(row)}
          >
            {isNewVersion(row) ? "Use this version" : "Add to knowledge"}
          </button>
          <button
            type="button"
            className="button small-button"
            data-testid="file-reject"
            onClick={() => acts.reject(row)}
          >
            Don’t use it
          </button>
        </>
      )}
      {canRetry(row) && (
        <button type="button" className="button small-button" onClick={() => acts.retry(row)}>
          Try again
        </button>
      )}
      {busy && row.job?.id && (
        <button
          type="button"
          className="plain-icon"
          aria-label={`Stop ${name}`}
          title="Stop"
          onClick={() => acts.cancel(row)}
        >
          <CloseIcon />
        </button>
      )}
      <button
        type="button"
        className="plain-icon"
        aria-label={`Delete ${name}`}
        title="Delete"
        onClick={() => acts.remove(row)}
      >
        <TrashIcon />
      </button>
    </div>
  );
}
