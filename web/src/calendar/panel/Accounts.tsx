/** Accounts that calendars come from, and the providers more can come from. */

import { useState } from "react";
import { accounts, type Provider } from "../../api/calendarAccounts";
import { useResource } from "../../api/useResource";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { useAct } from "../../app/useAct";
import type { Accounts as Connected } from "../sync/useAccounts";
import { AccountRow } from "./AccountRow";
import { CaldavDialog } from "./CaldavDialog";

interface Props {
  connected: Connected;
  writes: boolean;
  onChange: () => void;
}

export function Accounts({ connected, writes, onChange }: Props) {
  const providers = useResource(accounts.providers, "providers");
  const act = useAct();
  const [asking, setAsking] = useState(false);
  const changed = () => {
    connected.reload();
    providers.reload();
    onChange();
  };
  const connect = (one: Provider) =>
    one.provider === "caldav"
      ? setAsking(true)
      : void act.run(async () => {
          const { authorize_url } = await accounts.connect({ provider: one.provider });
          if (authorize_url) window.location.assign(authorize_url);
        });
  return (
    <section aria-labelledby="accounts-title">
      <h2 id="accounts-title">Connected accounts</h2>
      <Problem text={connected.error ?? providers.error} />
      {connected.loaded && connected.rows.length === 0 && (
        <p className="muted small">None yet. Events of a connected account are shown and kept free here.</p>
      )}
      <Rows className="cal-list">
        {connected.rows.map((one) => (
          <AccountRow key={one.id} row={one} writes={writes} onChange={changed} />
        ))}
      </Rows>
      {writes && (
        <ul className="cal-list">
          {providers.data?.items.map((one) => (
            <li key={one.provider} className="cal-provider">
              <button
                type="button"
                className="button small-button"
                data-testid={`connect-${one.provider}`}
                disabled={!one.configured || act.busy}
                onClick={() => connect(one)}
              >
                Connect {one.name}
              </button>
              {one.hint && <p className="muted small">{one.hint}</p>}
            </li>
          ))}
        </ul>
      )}
      <Problem text={act.problem} />
      {asking && <CaldavDialog onClose={() => setAsking(false)} onConnected={changed} />}
    </section>
  );
}
