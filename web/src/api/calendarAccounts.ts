/** Calendar accounts at Google, Microsoft and CalDAV servers. No answer holds a token or a password. */

import { id, request } from "./client";
import { allPages } from "./paging";
import type { Page } from "./types";

export type ProviderName = "google" | "microsoft" | "caldav";

export interface Provider {
  provider: ProviderName;
  name: string;
  configured: boolean;
  missing: string[];
  hint: string;
  accounts: number;
}

export interface Account {
  id: string;
  provider: ProviderName;
  label: string;
  address: string;
  server_url: string;
  status: "connected" | "failing" | "needs_reconnect" | "disconnected";
  error: string;
  owner: { id: string; name: string };
  synced_at: string | null;
}

/** Where the browser goes next, or the account that was connected at once. */
export interface Connection {
  authorize_url: string | null;
  account: Account | null;
}

export interface NewAccount {
  provider: ProviderName;
  server_url?: string;
  username?: string;
  password?: string;
}

const ACCOUNTS = "/api/calendar/accounts";

export const accounts = {
  providers: () => request<Page<Provider>>("GET", "/api/calendar/providers"),
  list: () =>
    allPages((cursor) =>
      request<Page<Account>>("GET", `${ACCOUNTS}?limit=200${cursor ? `&cursor=${id(cursor)}` : ""}`),
    ),
  connect: (body: NewAccount) => request<Connection>("POST", ACCOUNTS, body),
  reconnect: (account: string, password?: string) =>
    request<Connection>("POST", `${ACCOUNTS}/${id(account)}/reconnect`, password ? { password } : {}),
  disconnect: (account: string) => request<{ message: string }>("DELETE", `${ACCOUNTS}/${id(account)}`),
};

/** A change on its way to a connected calendar. Of a refused one `ours` was wanted and `theirs` is there. */
export interface Write {
  id: string;
  calendar_name: string;
  summary: string;
  operation: "create" | "update" | "delete";
  status: "waiting" | "refused";
  message: string;
  ours: string;
  theirs: string;
}

export const writes = {
  list: () => request<Page<Write>>("GET", "/api/calendar/writes"),
  retry: (write: string) => request<unknown>("POST", `/api/calendar/writes/${id(write)}/retry`),
  forget: (write: string) => request<unknown>("DELETE", `/api/calendar/writes/${id(write)}`),
};
