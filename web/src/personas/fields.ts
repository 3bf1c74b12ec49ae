/** The fields a person edits: their names, their values as text, what differs between two. Pure. */

import { type PersonaFields, QUESTIONS, type Question } from "../api/personas";
import { hoursText } from "./hours";

export const FIELD_NAMES: Record<keyof PersonaFields, string> = {
  name: "Name",
  kind: "Kind",
  language: "Language",
  voice: "Voice",
  greeting: "Greeting",
  prompt: "Instructions",
  toolsets: "Tools",
  mcp_servers: "Tools of others",
  business_hours: "Business hours",
  escalation_contacts: "Contacts",
  limits: "Longest call",
  pronunciations: "Pronunciations",
  patience: "Patience",
  patience_by_question: "Patience by question",
};
export const QUESTION_NAMES: Record<Question, string> = {
  yes_no: "Yes or no",
  choice: "One of a few, or how many",
  when: "A day or a time",
  name: "A name",
  digits: "A number, digit by digit",
  email: "An e-mail address",
  spelling: "A spelling",
  open: "Anything else",
};
const FIELDS = Object.keys(FIELD_NAMES) as (keyof PersonaFields)[];

export function fieldsOf(row: PersonaFields): PersonaFields {
  return structuredClone(Object.fromEntries(FIELDS.map((field) => [field, row[field]]))) as unknown as PersonaFields;
}

/** Names of the fields whose values differ; a field that one side lacks (an old version) is no difference. */
export function changedFields(before: Partial<PersonaFields>, after: Partial<PersonaFields>): (keyof PersonaFields)[] {
  return FIELDS.filter(
    (field) =>
      before[field] !== undefined && after[field] !== undefined && canonical(before[field]) !== canonical(after[field]),
  );
}

/** What to send: only what was changed, so that a colleague's other fields stay. */
export function changesOf(saved: PersonaFields, draft: PersonaFields): Partial<PersonaFields> {
  return Object.fromEntries(changedFields(saved, draft).map((field) => [field, draft[field]]));
}

/** After a save: what the server keeps, with what was typed since the request on top. */
export function afterSaving(sent: PersonaFields, typed: PersonaFields, saved: PersonaFields): PersonaFields {
  return { ...fieldsOf(saved), ...changesOf(sent, typed) };
}

export function textOf(field: keyof PersonaFields, fields: Partial<PersonaFields>): string {
  switch (field) {
    case "toolsets":
      return fields.toolsets?.join(", ") || "none";
    case "mcp_servers":
      return fields.mcp_servers?.join(", ") || "none";
    case "business_hours":
      return hoursText(fields.business_hours ?? {});
    case "escalation_contacts":
      return (
        fields.escalation_contacts
          ?.map((one) => [one.name, one.phone, one.email].filter(Boolean).join(", "))
          .join("\n") || "nobody"
      );
    case "limits":
      return fields.limits?.call_minutes ? `${fields.limits.call_minutes} minutes` : "as usual";
    case "pronunciations":
      return fields.pronunciations?.map((one) => `${one.written}: ${one.spoken}`).join("\n") || "none";
    case "patience":
      return patienceText(fields.patience ?? 1);
    case "patience_by_question":
      return patienceByQuestionText(fields.patience_by_question ?? {});
    default:
      return fields[field] || "empty";
  }
}

/** How long a pause is waited out, in words. */
export function patienceText(factor: number): string {
  if (factor === 1) return "as usual";
  return `${Number(factor.toFixed(2))} times as long`;
}

function patienceByQuestionText(factors: NonNullable<PersonaFields["patience_by_question"]>): string {
  const told = QUESTIONS.map((kind) => [QUESTION_NAMES[kind], factors[kind]] as const);
  const set = told.filter(([, factor]) => factor !== undefined);
  return set.map(([name, factor]) => `${name}: ${patienceText(factor ?? 1)}`).join("\n") || "none";
}

/** JSON with sorted keys: the database does not keep the order of an object's fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
