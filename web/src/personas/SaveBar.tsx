/** Unsaved changes are always in sight, with the two ways to end them. */

import { Problem } from "../app/Problem";
import { FIELD_NAMES } from "./fields";
import { problemOfHours } from "./hours";
import type { Editing } from "./useDraft";

export function SaveBar({ editing }: { editing: Editing }) {
  const { changed, act, fields } = editing;
  const problem = problemOfHours(fields.business_hours);
  return (
    <div className="save-bar-space" role="status">
      {changed.length > 0 && (
        <div className="save-bar" data-testid="unsaved">
          <div className="save-bar-text">
            <strong>Unsaved changes</strong>
            <span className="muted small">{changed.map((field) => FIELD_NAMES[field].toLowerCase()).join(", ")}</span>
          </div>
          <Problem text={act.problem ?? problem} />
          <div className="actions">
            <button type="button" className="button" disabled={act.busy} onClick={editing.discard}>
              Discard
            </button>
            <button
              type="submit"
              form="persona-form"
              className="button primary"
              data-testid="persona-save"
              disabled={act.busy || !!problem}
            >
              {act.busy ? "Saving…" : "Save"}
            </button>
          </div>
        </div>
      )}
      {changed.length === 0 && <Problem text={act.problem} />}
    </div>
  );
}
