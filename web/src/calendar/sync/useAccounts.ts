/** The connected accounts, renewed as they change; and a look at their servers when the calendar is opened. */

import { useEffect, useRef } from "react";
import { calendar } from "../../api/calendar";
import { type Account, accounts } from "../../api/calendarAccounts";
import { useLive } from "../../api/live";
import { useResource } from "../../api/useResource";
import { type Act, useAct } from "../../app/useAct";

export interface Accounts {
  rows: Account[];
  loaded: boolean;
  error: string | undefined;
  reload: () => void;
  sync: () => Promise<unknown>;
  syncing: Act;
}

const NOTHING: never[] = [];
/** The server looks soon after it was asked; what has not changed it tells nobody, so one looks again. */
const LOOKS_MS = [2_000, 8_000];

export function useAccounts(): Accounts {
  const list = useResource(accounts.list, "accounts");
  const syncing = useAct();
  const timers = useRef<number[]>([]);
  useLive(["calendar_account.", "calendar.updated"], list.reload, 1000);
  useEffect(() => () => timers.current.forEach(window.clearTimeout), []);

  const sync = () =>
    syncing.run(async () => {
      await calendar.sync();
      timers.current.forEach(window.clearTimeout);
      timers.current = LOOKS_MS.map((ms) => window.setTimeout(list.reload, ms));
    });
  const connected = list.data?.items.some((one) => one.status !== "disconnected") ?? false;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something to look at
  useEffect(() => {
    // Nobody asked for it: the state of the accounts says what is wrong.
    if (connected) void sync().then(syncing.clear);
  }, [connected]);
  return {
    rows: list.data?.items ?? NOTHING,
    loaded: list.data !== undefined,
    error: list.error,
    reload: list.reload,
    sync,
    syncing,
  };
}
