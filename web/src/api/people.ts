/** The people of a tenant and their API keys. */

import { id, request } from "./client";
import { allPages } from "./paging";
import type { Page } from "./types";

export const ROLES = ["owner", "admin", "editor", "viewer", "agent"] as const;
export type Role = (typeof ROLES)[number];

export interface Member {
  id: string;
  email: string;
  name: string;
  role: string;
  status: "invited" | "active" | "deleted";
  last_sign_in_at: string | null;
  created_at: string;
  deleted_at: string | null;
}

export interface Key {
  id: string;
  name: string;
  hint: string;
  scopes: string[];
  user: { id: string; name: string } | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface ScopeChoice {
  scope: string;
  description: string;
}

const list = <T>(path: string, deleted: boolean) =>
  allPages((cursor) =>
    request<Page<T>>(
      "GET",
      `${path}?limit=200${deleted ? "&deleted=true" : ""}${cursor ? `&cursor=${id(cursor)}` : ""}`,
    ),
  );

export const people = {
  list: (deleted: boolean) => list<Member>("/api/users", deleted),
  invite: (body: { email: string; name: string; role: string }) =>
    request<Member & { invitation_url: string }>("POST", "/api/users", body),
  inviteAgain: (user: string) => request<{ invitation_url: string }>("POST", `/api/users/${id(user)}/invite`),
  change: (user: string, body: { name?: string; role?: string; email?: string; current?: string }) =>
    request<Member>("PATCH", `/api/users/${id(user)}`, body),
  remove: (user: string) => request<unknown>("DELETE", `/api/users/${id(user)}`),
  restore: (user: string) => request<unknown>("POST", `/api/users/${id(user)}/restore`),
  purge: (user: string) => request<unknown>("DELETE", `/api/users/${id(user)}?purge=true`),
};

export const keys = {
  list: (deleted: boolean) => list<Key>("/api/keys", deleted),
  scopes: () => request<Page<ScopeChoice>>("GET", "/api/keys/scopes"),
  create: (body: { name: string; scopes: string[]; expires_at?: string }) =>
    request<Key & { key: string }>("POST", "/api/keys", body),
  change: (key: string, body: { name?: string; scopes?: string[] }) =>
    request<Key>("PATCH", `/api/keys/${id(key)}`, body),
  revoke: (key: string) => request<unknown>("DELETE", `/api/keys/${id(key)}`),
  restore: (key: string) => request<unknown>("POST", `/api/keys/${id(key)}/restore`),
  purge: (key: string) => request<unknown>("DELETE", `/api/keys/${id(key)}?purge=true`),
};
