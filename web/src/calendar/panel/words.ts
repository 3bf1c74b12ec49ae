/** Accounts in plain words: how one does, and why connecting one did not work. Pure. */

import type { Account, ProviderName } from "../../api/calendarAccounts";

export const PROVIDERS: Record<ProviderName, string> = {
  google: "Google",
  microsoft: "Microsoft",
  caldav: "the CalDAV server",
};

/** Undefined while all is well. */
export function statusOf({ status, provider, error }: Pick<Account, "status" | "provider" | "error">) {
  const name = PROVIDERS[provider];
  const because = error ? ` ${error}` : "";
  if (status === "needs_reconnect") return `${capital(name)} no longer lets us in. Connect it again.`;
  if (status === "failing") return `${capital(name)} does not answer at the moment; it is tried again.${because}`;
  return status === "disconnected" ? "It is disconnected." : undefined;
}

const REFUSALS: Record<string, string> = {
  denied: "You did not allow it there, so nothing was connected.",
  scope_missing: "Calendars were not allowed there. Connect again and leave every box ticked.",
  expired: "That took too long. Connect again.",
  used: "That answer was used already. Connect again if the account is not in the list.",
  other_browser: "Another browser began this. Connect again in this one.",
  signed_out: "You were signed out in between. Connect again.",
  other_account: "That was another account than the one to be connected again.",
  unavailable: "The provider does not answer. Try again in a few minutes.",
};

export function refusalOf(reason: string): string {
  return REFUSALS[reason] ?? "The account could not be connected. Try again.";
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
