/** The record of changes: who did what, when, from where. */

import { request } from "./client";
import type { Page } from "./types";

export type Values = Record<string, unknown>;

export interface AuditEntry {
  id: string;
  at: string;
  action: string;
  resource: { type: string; id: string | null };
  actor: { user_id: string | null; key_id: string | null; name: string | null; role: string | null };
  origin: { channel: string | null; address: string | null; request_id: string | null };
  before: Values | null;
  after: Values | null;
}

export interface AuditFilter {
  user_id?: string;
  resource_type?: string;
  action?: string;
  from?: string;
  to?: string;
}

export const audit = {
  list: (filter: AuditFilter, cursor?: string | null) => {
    const query = new URLSearchParams({ limit: "50" });
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
    if (cursor) query.set("cursor", cursor);
    return request<Page<AuditEntry>>("GET", `/api/audit?${query}`);
  },
};
