/** The audit log's words for things, fields and values. Pure. */

import { exactly } from "../../app/times";

export const KINDS: Record<string, string> = {
  user: "Members",
  invitation: "Invitations",
  password: "Passwords",
  password_reset: "Password resets",
  session: "Sign-ins",
  key: "API keys",
  persona: "Personas",
  tenant: "Tenant",
  document: "Documents",
  event: "Calendar events",
  calendar: "Calendars",
  conversation: "Conversations",
};

const NOUNS: Record<string, string> = {
  user: "the member",
  key: "the key",
  persona: "the persona",
  tenant: "the tenant",
  document: "the document",
  event: "the event",
  calendar: "the calendar",
  conversation: "a conversation",
};

const FIELDS: Record<string, string> = {
  email: "e-mail",
  prompt: "instructions",
  toolsets: "tools",
  business_hours: "business hours",
  escalation_contacts: "contacts",
  is_default: "default flag",
  expires_at: "expiry",
  storage_limit_bytes: "storage limit",
  minutes_limit: "limit of minutes",
  calls_limit: "limit of calls",
  requests_limit: "limit of requests",
  starts_at: "start",
  ends_at: "end",
  end_reason: "reason",
};

/** What the database keeps for itself; nobody reads it in a log. */
const PLUMBING = new Set(["id", "tenant_id", "version", "updated_at", "created_at", "user_id", "created_by", "kind"]);

export function nounOf(type: string): string {
  return NOUNS[type] ?? `the ${type.replaceAll("_", " ")}`;
}

export function fieldName(field: string): string {
  return FIELDS[field] ?? field.replaceAll("_", " ");
}

export function isPlumbing(field: string): boolean {
  return PLUMBING.has(field);
}

export function listOf(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** A value as a person reads it; structures as compact JSON. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return INSTANT.test(value) ? exactly(value) : value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(", ") || "nothing";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
