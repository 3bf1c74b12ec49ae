/** Changes that have not reached a connected calendar, or were refused there; nothing to see while there are none. */

import { type Write, writes } from "../../api/calendarAccounts";
import { useLive } from "../../api/live";
import { useResource } from "../../api/useResource";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { useAct } from "../../app/useAct";

export function Writes({ mayChange }: { mayChange: boolean }) {
  const list = useResource(writes.list, "writes");
  useLive(["event.", "calendar.", "calendar_write."], list.reload, 1000);
  const rows = list.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="writes-title">
      <h2 id="writes-title">Not there yet</h2>
      <Rows className="cal-list">
        {rows.map((one) => (
          <WriteRow key={one.id} row={one} mayChange={mayChange} onChange={list.reload} />
        ))}
      </Rows>
    </section>
  );
}

function WriteRow({ row, mayChange, onChange }: { row: Write; mayChange: boolean; onChange: () => void }) {
  const act = useAct();
  const refused = row.status === "refused";
  const go = async () => {
    if (await act.run(() => (refused ? writes.forget(row.id) : writes.retry(row.id)))) onChange();
  };
  return (
    <li className="cal-account" data-testid="write-row">
      <strong>{row.summary}</strong>
      <span className="muted small">
        {row.calendar_name} · {refused ? "refused" : "waiting"}
      </span>
      {row.message && <p className="small told-once">{row.message}</p>}
      {refused && row.ours && <p className="small">Wanted: {row.ours}</p>}
      {refused && row.theirs && <p className="small">There: {row.theirs}</p>}
      {mayChange && (
        <div className="actions">
          <button
            type="button"
            className="button small-button"
            aria-label={`${refused ? "Forget" : "Try now"}: ${row.summary}`}
            disabled={act.busy}
            onClick={() => void go()}
          >
            {refused ? "Forget it" : "Try now"}
          </button>
        </div>
      )}
      <Problem text={act.problem} />
    </li>
  );
}
