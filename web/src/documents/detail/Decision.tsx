/** What the document waits for: its job, a person's yes or no, or a second try. */

import { documents, type FileRow } from "../../api/documents";
import { Problem } from "../../app/Problem";
import { type Act, useAct } from "../../app/useAct";
import { late, useLate } from "../list/late";
import { reasonsOf } from "../remarks";
import { isAdvised, isBusy, lookOf, retryOf, shareOf, troubleOf } from "../words";

interface Props {
  row: FileRow;
  versions: readonly FileRow[];
  writes: boolean;
  onChange: () => void;
}

export function Decision({ row, versions, writes, onChange }: Props) {
  const act = useAct();
  const { problems, marks } = useLate();
  const run = async (work: () => Promise<unknown>) => {
    await act.run(work);
    onChange();
  };
  const rejected = marks[row.upload_id] === "rejected";
  const trouble = act.problem ?? problems[row.upload_id] ?? (isBusy(row) ? undefined : troubleOf(row.error));
  return (
    <>
      {isBusy(row) && <Progress row={row} writes={writes} act={act} run={run} />}
      <Problem text={trouble} />
      {row.status === "awaiting_confirmation" && !rejected && !isBusy(row) && (
        <Asking row={row} versions={versions} writes={writes} act={act} run={run} />
      )}
    </>
  );
}

type Run = (work: () => Promise<unknown>) => Promise<void>;

function Progress({ row, writes, act, run }: { row: FileRow; writes: boolean; act: Act; run: Run }) {
  const look = lookOf(row);
  return (
    <div className="decision">
      <div className="decision-words" role="status">
        <strong>
          {look.label} {shareOf(look)}
        </strong>
        {retryOf(row) && <p className="muted">{retryOf(row)}</p>}
        <progress className="progress" max={100} value={look.progress} aria-label={look.label} />
      </div>
      {writes && row.job?.id && (
        <button
          type="button"
          className="button"
          disabled={act.busy}
          onClick={() => void run(() => documents.cancel(row.job?.id ?? ""))}
        >
          Stop
        </button>
      )}
    </div>
  );
}

function Asking({ row, versions, writes, act, run }: Omit<Props, "onChange"> & { act: Act; run: Run }) {
  const advised = isAdvised(row);
  const current = versions.find((one) => one.status === "ready" && one.upload_id !== row.upload_id);
  const reasons = reasonsOf(row);
  return (
    <section className="decision decision-asking" aria-label="Your decision" data-testid="decision">
      <div className="decision-words">
        <strong className={advised ? "advice-yes" : "advice-no"}>
          {advised ? "Recommended: the assistant can answer from this" : "Not recommended"}
        </strong>
        {reasons.length > 0 && (
          <ul className="reasons">
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        {current && <p>Version {current.version} answers until you say yes; then this one takes its place at once.</p>}
      </div>
      {writes && (
        <div className="actions">
          <button
            type="button"
            className={`button ${advised ? "primary" : ""}`}
            data-testid="document-confirm"
            disabled={act.busy}
            onClick={() => void run(() => documents.decide(row.upload_id, true))}
          >
            {current ? "Use this version" : "Add to knowledge"}
          </button>
          <button
            type="button"
            className="button"
            data-testid="document-reject"
            disabled={act.busy}
            onClick={() => late.reject([row])}
          >
            Don’t use it
          </button>
        </div>
      )}
    </section>
  );
}
