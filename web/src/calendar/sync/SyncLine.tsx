/** When connected calendars were read last, what is wrong with them, and reading them now. */

import type { Account } from "../../api/calendarAccounts";
import { useMe } from "../../app/account";
import { AgainIcon, WarningIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { useNow } from "../../app/useNow";
import { syncStateOf } from "./state";
import type { Accounts } from "./useAccounts";
import { useReconnect } from "./useReconnect";

export function SyncLine({ accounts, writes }: { accounts: Accounts; writes: boolean }) {
  const me = useMe();
  const state = syncStateOf(accounts.rows, useNow());
  if (!state) return null;
  const { tone, text, account } = state;
  return (
    <div className="cal-sync" data-testid="sync-state" data-tone={tone}>
      <span className={tone === "well" ? "muted small" : "cal-sync-trouble small"}>
        {tone !== "well" && <WarningIcon />}
        {text}
      </span>
      {account && writes && account.owner.id === me.user.id && (
        <ReconnectButton account={account} onConnected={accounts.reload} />
      )}
      <button
        type="button"
        className="text-button small cal-sync-now"
        data-testid="sync-now"
        disabled={accounts.syncing.busy}
        onClick={() => void accounts.sync()}
      >
        <AgainIcon /> Sync now
      </button>
      <Problem text={accounts.syncing.problem} />
    </div>
  );
}

function ReconnectButton({ account, onConnected }: { account: Account; onConnected: () => void }) {
  const { act, again, dialog } = useReconnect(account, onConnected);
  return (
    <>
      <button
        type="button"
        className="button small-button"
        data-testid="sync-reconnect"
        disabled={act.busy}
        onClick={again}
      >
        Reconnect {account.label}
      </button>
      <Problem text={act.problem} />
      {dialog}
    </>
  );
}
