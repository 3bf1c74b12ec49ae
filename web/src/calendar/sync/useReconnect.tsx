/** Connects an account again: at the provider, or with a new password. */

import { type ReactNode, useState } from "react";
import { type Account, accounts } from "../../api/calendarAccounts";
import { type Act, useAct } from "../../app/useAct";
import { CaldavDialog } from "../panel/CaldavDialog";

export interface Reconnect {
  act: Act;
  again: () => void;
  /** Where a password is asked for. */
  dialog: ReactNode;
}

export function useReconnect(row: Account, onConnected: () => void): Reconnect {
  const act = useAct();
  const [asking, setAsking] = useState(false);
  const again = () =>
    row.provider === "caldav"
      ? setAsking(true)
      : void act.run(async () => {
          const { authorize_url } = await accounts.reconnect(row.id);
          if (authorize_url) window.location.assign(authorize_url);
        });
  const dialog = asking && <CaldavDialog again={row} onClose={() => setAsking(false)} onConnected={onConnected} />;
  return { act, again, dialog };
}
