/** Signing in and out, one's own sessions, and the links that arrive by e-mail. */

import { id, request } from "./client";
import type { Me, Page } from "./types";

export interface TenantChoice {
  slug: string;
  name: string;
}

export interface Credentials {
  email: string;
  password: string;
  tenant?: string;
}

export interface Invitation {
  email: string;
  name?: string | null;
  tenant: TenantChoice;
}

export interface OwnSession {
  id: string;
  kind?: string;
  created_at: string;
  used_at?: string | null;
  expires_at?: string | null;
  address?: string | null;
  user_agent?: string | null;
  current?: boolean;
}

export const auth = {
  methods: () => request<{ password: boolean; local: boolean }>("GET", "/api/auth/methods"),
  signIn: (credentials: Credentials) => request<Me>("POST", "/api/auth/session", credentials),
  signInLocal: () => request<Me>("POST", "/api/auth/session/local"),
  signOut: () => request<void>("POST", "/api/auth/logout"),
  signOutEverywhere: () => request<void>("POST", "/api/auth/logout-everywhere"),
  sessions: () => request<Page<OwnSession>>("GET", "/api/auth/sessions"),
  endSession: (session: string) => request<void>("DELETE", `/api/auth/sessions/${id(session)}`),
  forgot: (email: string) => request<unknown>("POST", "/api/auth/password/forgot", { email }),
  reset: (token: string, password: string) => request<void>("POST", "/api/auth/password/reset", { token, password }),
  changePassword: (current: string, fresh: string) =>
    request<void>("POST", "/api/auth/password", { current, new: fresh }),
  readInvitation: (token: string) => request<Invitation>("POST", "/api/auth/invitations/read", { token }),
  acceptInvitation: (body: { token: string; password: string; name?: string }) =>
    request<{ email: string; tenant: TenantChoice }>("POST", "/api/auth/invitations/accept", body),
  rename: (name: string) => request<unknown>("PATCH", "/api/me", { name }),
};
