/**
 * An audit entry as a sentence: "Ada changed the role of Tom from viewer to editor". Pure; tolerates actions that it
 * does not know. To give an action words of its own: a line in SPECIAL.
 */

import type { AuditEntry, Values } from "../../api/audit";
import { fieldName, isPlumbing, listOf, nounOf, valueText } from "./words";

/** Names of people, keys and personas by id, as far as the reader may see them. */
export type Names = ReadonlyMap<string, string>;

const NOBODY: Record<string, string> = {
  agent: "The assistant",
  worker: "The call worker",
  operator: "The operator",
  system: "VoiceLoop",
};

const VERBS: Record<string, string> = {
  created: "added",
  deleted: "removed",
  restored: "restored",
  purged: "removed for good",
  revoked: "revoked",
  confirmed: "confirmed",
  cancelled: "cancelled",
  ended: "ended",
};

/** Reasons why a session ended that are the person's own doing. */
const OWN_ENDINGS: Record<string, string> = {
  signed_out: "signed out",
  signed_out_everywhere: "signed out everywhere",
};

/** `whose`: the person it happened to. */
type Special = (entry: AuditEntry, who: string, whose: string) => string;
const SPECIAL: Record<string, Special> = {
  "session.started": (_entry, _who, whose) => `${whose} signed in`,
  "session.ended": (entry, who, whose) => {
    const reason = String(entry.after?.end_reason ?? "");
    if (OWN_ENDINGS[reason]) return `${who} ${OWN_ENDINGS[reason]}`;
    return `A session of ${whose} ended${reason && `: ${reason.replaceAll("_", " ")}`}`;
  },
  "password.set": (_entry, who, whose) =>
    who === whose ? `${who} set a password` : `${who} set the password of ${whose}`,
  "invitation.sent": (_entry, who, whose) => `${who} invited ${whose}`,
  "invitation.accepted": (_entry, who) => `${who} accepted the invitation`,
  "invitation.withdrawn": (_entry, _who, whose) => `An older invitation of ${whose} was withdrawn`,
  "password_reset.sent": (_entry, _who, whose) => `A link to set a new password was sent to ${whose}`,
  "password_reset.used": (_entry, who) => `${who} used the link to set a new password`,
  "password_reset.withdrawn": (_entry, _who, whose) => `An older link to set a new password for ${whose} was withdrawn`,
};

export function sentenceOfEntry(entry: AuditEntry, names: Names): string {
  const who = actorOf(entry, names);
  const special = SPECIAL[entry.action];
  if (special) return special(entry, who, personOf(entry, names));
  const word = entry.action.split(".").at(-1) ?? "";
  const what = thingOf(entry, names);
  if (word === "updated") return `${who} ${changesOf(entry, what)}`;
  if (VERBS[word]) return `${who} ${VERBS[word]} ${what}${asRole(entry, word)}`;
  return `${who}: ${what} is now ${word.replaceAll("_", " ")}`;
}

export function actorOf(entry: AuditEntry, names: Names): string {
  const { user_id, name, role } = entry.actor;
  if (user_id) return names.get(user_id) || name || "Somebody who left";
  return NOBODY[role ?? ""] ?? (name || "VoiceLoop");
}

/** The changed fields, with the values on both sides. */
export function changedFields(entry: AuditEntry): { field: string; before: unknown; after: unknown }[] {
  const { before, after } = entry;
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .filter((field) => !isPlumbing(field))
    .map((field) => ({ field, before: before?.[field], after: after?.[field] }))
    .filter((one) => JSON.stringify(one.before ?? null) !== JSON.stringify(one.after ?? null));
}

function changesOf(entry: AuditEntry, what: string): string {
  const fields = changedFields(entry);
  const [only] = fields;
  if (!only) return `changed ${what}`;
  const short = (value: unknown) => valueText(value).length <= 40 && !isHidden(value);
  if (fields.length === 1 && short(only.before) && short(only.after)) {
    const values = `from ${valueText(only.before)} to ${valueText(only.after)}`;
    return `changed the ${fieldName(only.field)} of ${what} ${values}`;
  }
  return `changed the ${listOf(fields.map((one) => fieldName(one.field)))} of ${what}`;
}

function isHidden(value: unknown): boolean {
  return typeof value === "string" && /^\((changed|\d+ characters)\)$/.test(value);
}

function asRole(entry: AuditEntry, word: string): string {
  const role = entry.after?.role;
  return entry.resource.type === "user" && word === "created" && typeof role === "string" ? ` as ${role}` : "";
}

function thingOf(entry: AuditEntry, names: Names): string {
  const { type } = entry.resource;
  const name = nameIn(entry.after) ?? nameIn(entry.before);
  const known = names.get(entry.resource.id ?? "");
  const now = type === "user" ? (known ?? name) : (name ?? known);
  if (!now) return nounOf(type);
  return type === "user" ? now : `${nounOf(type)} “${now}”`;
}

function personOf(entry: AuditEntry, names: Names): string {
  const id = entry.after?.user_id ?? entry.before?.user_id ?? entry.resource.id;
  const named = typeof id === "string" ? names.get(id) : undefined;
  const self = id === entry.actor.user_id || !entry.actor.user_id;
  return named || (self && entry.actor.name) || "Somebody";
}

function nameIn(values: Values | null): string | undefined {
  for (const field of ["name", "summary", "title", "filename", "email"]) {
    const value = values?.[field];
    if (typeof value === "string" && value) return value;
  }
  return undefined;
}
