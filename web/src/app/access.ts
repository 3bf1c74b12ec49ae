/** What a person's scopes let them see. The server decides again; this only keeps closed doors out of sight. */

import type { Me } from "../api/types";

export interface Section {
  path: string;
  name: string;
  /** Any of these opens it; none: everybody. */
  scopes: string[];
}

export const SECTIONS: Section[] = [
  { path: "/settings/members", name: "Members", scopes: ["members:read"] },
  { path: "/settings/keys", name: "API keys", scopes: ["keys:read"] },
  { path: "/settings/mcp", name: "Assistants", scopes: ["personas:write", "keys:write"] },
  { path: "/settings/audit", name: "Audit log", scopes: ["audit:read"] },
  { path: "/settings/organisation", name: "Organisation", scopes: ["tenant:write"] },
  { path: "/settings/tenants", name: "Tenants", scopes: ["tenants"] },
  { path: "/settings/account", name: "Your account", scopes: [] },
];

export function may(me: Me, scope: string): boolean {
  return me.scopes.includes(scope);
}

export function isOpen(me: Me, section: Section): boolean {
  return section.scopes.length === 0 || section.scopes.some((scope) => may(me, scope));
}

export function openSections(me: Me): Section[] {
  return SECTIONS.filter((section) => isOpen(me, section));
}

/** Settings is a place of its own once there is more in it than the account, which the account menu opens. */
export function hasSettings(me: Me): boolean {
  return openSections(me).some((section) => section.scopes.length > 0);
}

export function hasPersonas(me: Me): boolean {
  return may(me, "personas:write");
}

/** Roles this person may give and change: owners all, admins all but owner, others none. */
export function rolesToGive(me: Me, roles: readonly string[]): string[] {
  if (!may(me, "members:write")) return [];
  return me.user.role === "owner" ? [...roles] : roles.filter((role) => role !== "owner");
}
