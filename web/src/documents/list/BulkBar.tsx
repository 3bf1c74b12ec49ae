/** What can be done with all chosen documents at once. */

import type { FileRow } from "../../api/documents";
import { CloseIcon } from "../../app/icons";
import { isBusy } from "../words";

interface Props {
  chosen: readonly FileRow[];
  onConfirm: (rows: FileRow[]) => void;
  onReject: (rows: FileRow[]) => void;
  onRemove: (rows: FileRow[]) => void;
  onClear: () => void;
}

export function BulkBar({ chosen, onConfirm, onReject, onRemove, onClear }: Props) {
  const waiting = chosen.filter((row) => row.status === "awaiting_confirmation" && !isBusy(row));
  return (
    <section className="bulk" data-testid="bulk-bar" aria-label="The chosen documents">
      <strong aria-live="polite">{chosen.length} chosen</strong>
      {waiting.length > 0 && (
        <>
          <button
            type="button"
            className="button small-button primary"
            data-testid="bulk-confirm"
            onClick={() => onConfirm(waiting)}
          >
            Add {waiting.length} to knowledge
          </button>
          <button
            type="button"
            className="button small-button"
            data-testid="bulk-reject"
            onClick={() => onReject(waiting)}
          >
            Don’t use {waiting.length}
          </button>
        </>
      )}
      <button
        type="button"
        className="button small-button bad"
        data-testid="bulk-delete"
        onClick={() => onRemove([...chosen])}
      >
        Delete {chosen.length}
      </button>
      <button type="button" className="plain-icon" aria-label="Choose nothing" onClick={onClear}>
        <CloseIcon />
      </button>
    </section>
  );
}
