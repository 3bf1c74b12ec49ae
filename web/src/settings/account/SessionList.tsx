/** Where one is signed in; any of them can be ended from here. */

import { auth, type OwnSession } from "../../api/auth";
import { useResource } from "../../api/useResource";
import { account } from "../../app/account";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { ago } from "../../app/times";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";
import { deviceOf } from "./device";

export function SessionList() {
  const sessions = useResource(auth.sessions, "sessions");
  const act = useAct();
  const end = async (one: OwnSession) => {
    if (!(await act.run(() => auth.endSession(one.id)))) return;
    sessions.reload();
    toast("That session was ended.");
  };
  return (
    <section aria-labelledby="sessions-title">
      <div className="section-head">
        <h2 id="sessions-title">Where you are signed in</h2>
        <button
          type="button"
          className="button"
          disabled={act.busy}
          onClick={() => void act.run(() => account.signOut(true))}
        >
          Sign out everywhere
        </button>
      </div>
      <Problem text={sessions.error ?? act.problem} />
      <Rows>
        {sessions.data?.items.map((one) => (
          <SessionRow key={one.id} row={one} busy={act.busy} onEnd={() => void end(one)} />
        ))}
      </Rows>
    </section>
  );
}

function SessionRow({ row, busy, onEnd }: { row: OwnSession; busy: boolean; onEnd: () => void }) {
  const now = useNow();
  const device = row.kind === "program" ? "A program" : deviceOf(row.user_agent ?? "");
  return (
    <li className="row" data-testid="session-row">
      <div className="row-main">
        <span className="row-name">
          <strong>{device}</strong>
          {row.current && <span className="badge badge-accent">This one</span>}
        </span>
        <span className="muted small">
          {row.address && `${row.address} · `}signed in {ago(row.created_at, now)}
          {row.used_at && ` · used ${ago(row.used_at, now)}`}
        </span>
      </div>
      {!row.current && (
        <div className="row-actions">
          <button
            type="button"
            className="button small-button"
            aria-label={`End the session of ${device}`}
            disabled={busy}
            onClick={onEnd}
          >
            End
          </button>
        </div>
      )}
    </li>
  );
}
