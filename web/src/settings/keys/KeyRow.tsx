/** One key: told apart by its first characters; revoked with a way back. */

import { useState } from "react";
import { type Key, keys } from "../../api/people";
import { Problem } from "../../app/Problem";
import { ago, plural, until } from "../../app/times";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";
import { ChangeKeyDialog } from "./ChangeKeyDialog";

export function KeyRow({ row, writes, onChange }: { row: Key; writes: boolean; onChange: () => void }) {
  const act = useAct();
  const [changing, setChanging] = useState(false);
  const now = useNow();
  const over = row.expires_at !== null && new Date(row.expires_at) <= now;
  const revoke = async () => {
    if (!(await act.run(() => keys.revoke(row.id)))) return;
    onChange();
    toast(`The key ${row.name} no longer works.`, async () => {
      await keys.restore(row.id);
      onChange();
    });
  };
  return (
    <li className="row" data-testid="key-row">
      <div className="row-main">
        <span className="row-name">
          <strong>{row.name}</strong>
          {row.hint && <code className="hint">{row.hint}…</code>}
          {over && <span className="badge badge-bad">Expired</span>}
        </span>
        <span className="muted small">
          {row.user?.name && `${row.user.name} · `}
          used {ago(row.last_used_at, now)} · {row.expires_at ? until(row.expires_at, now) : "never expires"}
        </span>
        <details className="scopes">
          <summary>{plural(row.scopes.length, "scope")}</summary>
          <ul>
            {row.scopes.map((scope) => (
              <li key={scope} className="chip">
                {scope}
              </li>
            ))}
          </ul>
        </details>
      </div>
      {writes && (
        <div className="row-actions">
          <button
            type="button"
            className="button small-button"
            aria-label={`Change ${row.name}`}
            onClick={() => setChanging(true)}
          >
            Change
          </button>
          <button
            type="button"
            className="button small-button"
            aria-label={`Revoke ${row.name}`}
            disabled={act.busy}
            onClick={() => void revoke()}
          >
            Revoke
          </button>
        </div>
      )}
      <Problem text={act.problem} />
      {changing && <ChangeKeyDialog row={row} onClose={() => setChanging(false)} onChanged={onChange} />}
    </li>
  );
}
