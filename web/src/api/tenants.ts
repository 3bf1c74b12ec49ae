/** Tenants: one's own, and for operators all of the installation. */

import { id, request } from "./client";
import { allPages } from "./paging";
import type { Page } from "./types";

/** null: no limit. */
export interface Limits {
  storage_limit_bytes: number | null;
  minutes_limit: number | null;
  calls_limit: number | null;
  requests_limit: number | null;
}

export interface Tenant extends Limits {
  id: string;
  slug: string;
  name: string;
  timezone: string;
  operates?: boolean;
  created_at: string;
  deleted_at?: string | null;
  /** From here on there is no way back: it is being removed for good. */
  purging_at?: string | null;
  usage?: Usage;
}

export interface Usage {
  storage_bytes: number;
  minutes: number;
  calls: number;
  users: number;
  documents: number;
  period_start: string;
}

export interface NewTenant {
  slug: string;
  name: string;
  timezone?: string;
  owner_email: string;
  owner_name?: string;
}

export const tenants = {
  list: (deleted: boolean) =>
    allPages((cursor) =>
      request<Page<Tenant>>(
        "GET",
        `/api/tenants?limit=200${deleted ? "&deleted=true" : ""}${cursor ? `&cursor=${id(cursor)}` : ""}`,
      ),
    ),
  create: (body: NewTenant) => request<Tenant & { invitation_url: string }>("POST", "/api/tenants", body),
  change: (tenant: string, body: Partial<Limits & { name: string; timezone: string }>) =>
    request<Tenant>("PATCH", `/api/tenants/${id(tenant)}`, body),
  remove: (tenant: string) => request<unknown>("DELETE", `/api/tenants/${id(tenant)}`),
  restore: (tenant: string) => request<unknown>("POST", `/api/tenants/${id(tenant)}/restore`),
  purge: (tenant: string) => request<unknown>("DELETE", `/api/tenants/${id(tenant)}?purge=true`),
};
