/** One tenant: its use beside its limits, the limits themselves, and its removal with a way back. */

import { useState } from "react";
import { type Tenant, tenants, type Usage } from "../../api/tenants";
import { Problem } from "../../app/Problem";
import { RemoveButton } from "../../app/RemoveButton";
import { plural } from "../../app/times";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { bytesText, countText, shareOf, toneOf } from "./amounts";
import { LimitsForm } from "./LimitsForm";

export function TenantRow({ row, onChange }: { row: Tenant; onChange: () => void }) {
  const [editing, setEditing] = useState(false);
  const act = useAct();
  const remove = async () => {
    if (!(await act.run(() => tenants.remove(row.id)))) return;
    onChange();
    toast(`${row.name} was removed; nobody in it can sign in.`, async () => {
      await tenants.restore(row.id);
      onChange();
    });
  };
  return (
    <li className="row" data-testid="tenant-row" data-slug={row.slug}>
      <div className="row-main">
        <span className="row-name">
          <strong>{row.name}</strong>
          {row.operates && <span className="badge badge-accent">Operates this installation</span>}
        </span>
        <span className="muted small">
          {row.slug}
          {row.usage && ` · ${plural(row.usage.users, "member")} · ${plural(row.usage.documents, "document")}`}
        </span>
      </div>
      <div className="row-actions">
        <button
          type="button"
          className="button small-button"
          aria-expanded={editing}
          onClick={() => setEditing(!editing)}
        >
          Limits
        </button>
        {!row.operates && <RemoveButton name={row.name} busy={act.busy} onClick={() => void remove()} />}
      </div>
      <Problem text={act.problem} />
      {row.usage && <Use row={row} usage={row.usage} />}
      {editing && (
        <LimitsForm
          row={row}
          onClose={() => setEditing(false)}
          onSaved={() => {
            setEditing(false);
            onChange();
          }}
        />
      )}
    </li>
  );
}

function Use({ row, usage }: { row: Tenant; usage: Usage }) {
  return (
    <div className="uses">
      <Bar name="Storage" used={usage.storage_bytes} limit={row.storage_limit_bytes} text={bytesText} />
      <Bar name="Minutes this month" used={usage.minutes} limit={row.minutes_limit} text={countText} />
      <Bar name="Calls now" used={usage.calls} limit={row.calls_limit} text={countText} />
    </div>
  );
}

interface BarProps {
  name: string;
  used: number;
  limit: number | null;
  text: (amount: number) => string;
}

function Bar({ name, used, limit, text }: BarProps) {
  const share = shareOf(used, limit);
  const tone = toneOf(share);
  return (
    <div className="use">
      <span className="small use-name">
        {name}
        {tone === "near" && <span className="badge badge-ask">Nearly full</span>}
        {tone === "full" && <span className="badge badge-bad">Full</span>}
      </span>
      <span className="use-bar" aria-hidden="true">
        <i className={`use-${tone}`} style={{ width: `${share ?? 0}%` }} />
      </span>
      <span className="small muted">
        {text(used)} of {limit === null ? "any amount" : text(limit)}
      </span>
    </div>
  );
}
