/** One connected account: how it does, connecting it again, and disconnecting, which says first what goes. */

import { useState } from "react";
import { type Account, accounts } from "../../api/calendarAccounts";
import { useMe } from "../../app/account";
import { Problem } from "../../app/Problem";
import { ago } from "../../app/times";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";
import { useReconnect } from "../sync/useReconnect";
import { PROVIDERS, statusOf } from "./words";

export function AccountRow({ row, writes, onChange }: { row: Account; writes: boolean; onChange: () => void }) {
  const act = useAct();
  const [leaving, setLeaving] = useState(false);
  const { act: connecting, again, dialog } = useReconnect(row, onChange);
  const now = useNow();
  const provider = PROVIDERS[row.provider];
  const status = statusOf(row);
  const me = useMe();
  const own = row.owner.id === me.user.id;
  const leave = async () => {
    const gone = await act.run(async () => toast((await accounts.disconnect(row.id)).message));
    if (gone) onChange();
  };
  return (
    <li className="cal-account" data-testid="account-row">
      <strong>{row.label}</strong>
      <span className="muted small">
        {provider}
        {!own && ` · ${row.owner.name}`}
        {row.label !== row.address && ` · ${row.address}`} ·{" "}
        {row.synced_at ? `read ${ago(row.synced_at, now)}` : "not read yet"}
      </span>
      {status && <p className="small told-once">{status}</p>}
      {writes && !leaving && (
        <div className="actions">
          {own && row.status === "needs_reconnect" && (
            <button type="button" className="button small-button primary" disabled={connecting.busy} onClick={again}>
              Connect again
            </button>
          )}
          <button
            type="button"
            className="text-button small"
            aria-label={`Disconnect ${row.label}`}
            onClick={() => setLeaving(true)}
          >
            Disconnect
          </button>
        </div>
      )}
      {leaving && (
        <fieldset className="for-good">
          <legend className="small">
            Its calendars and their events go from here, and changes that have not reached {provider} yet are lost. At{" "}
            {provider} everything stays.
          </legend>
          <button
            type="button"
            className="button small-button bad"
            data-testid="account-leave"
            disabled={act.busy}
            onClick={() => void leave()}
          >
            Disconnect
          </button>
          <button type="button" className="button small-button" onClick={() => setLeaving(false)}>
            Keep it
          </button>
        </fieldset>
      )}
      <Problem text={act.problem ?? connecting.problem} />
      {dialog}
    </li>
  );
}
