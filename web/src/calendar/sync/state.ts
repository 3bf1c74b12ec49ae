/** How the connected accounts do, in one line for the calendar's head. Pure. */

import type { Account } from "../../api/calendarAccounts";
import { ago } from "../../app/times";
import { PROVIDERS } from "../panel/words";

export interface SyncState {
  tone: "well" | "failing" | "reconnect";
  text: string;
  /** The account that somebody has to connect again. */
  account?: Account;
}

/** Undefined while nothing is connected. The worst comes first: what waits for a person, then what does not answer. */
export function syncStateOf(accounts: readonly Account[], now: Date): SyncState | undefined {
  const live = accounts.filter((one) => one.status !== "disconnected");
  if (live.length === 0) return undefined;
  const closed = live.find((one) => one.status === "needs_reconnect");
  if (closed) return { tone: "reconnect", text: `${closed.label} is no longer read.`, account: closed };
  const failing = live.find((one) => one.status === "failing");
  if (failing) {
    const name = PROVIDERS[failing.provider];
    const since = failing.synced_at ? `last read ${ago(failing.synced_at, now)}` : "not read yet";
    return { tone: "failing", text: `${name.charAt(0).toUpperCase()}${name.slice(1)} does not answer; ${since}.` };
  }
  const read = live.map((one) => one.synced_at);
  if (read.some((at) => at === null)) return { tone: "well", text: "Reading connected calendars for the first time." };
  const oldest = read.reduce((a, b) => ((a ?? "") < (b ?? "") ? a : b));
  return { tone: "well", text: `Synced ${ago(oldest, now)}` };
}
