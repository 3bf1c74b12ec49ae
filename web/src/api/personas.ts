/** Personas as their editor needs them: every field, versions, what may be chosen. */

import { id, request } from "./client";
import { allPages } from "./paging";
import type { Page } from "./types";

/** Ranges of local times a day; a day that is missing is closed; no days at all means always open. */
export type Range = [string, string];
export type BusinessHours = { timezone?: string } & Partial<Record<Weekday, Range[]>>;
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface Contact {
  name: string;
  phone?: string;
  email?: string;
}

/** How a word of the house is said aloud. */
export interface Pronunciation {
  written: string;
  spoken: string;
}

/** What the assistant can have asked for. */
export const QUESTIONS = ["yes_no", "choice", "when", "name", "digits", "email", "spelling", "open"] as const;
export type Question = (typeof QUESTIONS)[number];

/** The fields a person edits; the rest belongs to the server. */
export interface PersonaFields {
  name: string;
  kind: string;
  language: string;
  greeting: string;
  voice: string;
  prompt: string;
  toolsets: string[];
  /** Names of MCP servers; older answers lack it. */
  mcp_servers?: string[];
  business_hours: BusinessHours;
  escalation_contacts: Contact[];
  limits: { call_minutes?: number };
  /** Older versions lack it. */
  pronunciations?: Pronunciation[];
  /** 0.5 to 2: how long a pause of the caller is waited out, 1 as usual. Older versions lack it. */
  patience?: number;
  /** Factors instead of `patience` while it waits for the answer to such a question. Older versions lack it. */
  patience_by_question?: Partial<Record<Question, number>>;
}

export interface PersonaRow extends PersonaFields {
  id: string;
  slug: string;
  is_default: boolean;
  version: number;
  updated_at: string | null;
  deleted_at: string | null;
}

export interface PersonaVersion {
  version: number;
  created_at: string;
  created_by: { id: string; name: string } | null;
  persona: Partial<PersonaRow>;
}

export interface Choices {
  kinds: string[];
  toolsets: { name: string; description: string }[];
  languages: string[];
  voices: string[];
}

const at = (persona: string) => `/api/personas/${id(persona)}`;

export const personas = {
  list: (deleted: boolean) =>
    allPages((cursor) =>
      request<Page<PersonaRow>>(
        "GET",
        `/api/personas?limit=200${deleted ? "&deleted=true" : ""}${cursor ? `&cursor=${id(cursor)}` : ""}`,
      ),
    ),
  read: (persona: string) => request<PersonaRow>("GET", at(persona)),
  choices: () => request<Choices>("GET", "/api/personas/choices"),
  create: (body: Partial<PersonaFields> & { name: string }) => request<PersonaRow>("POST", "/api/personas", body),
  change: (persona: string, body: Partial<PersonaFields> & { version?: number; is_default?: true }) =>
    request<PersonaRow>("PATCH", at(persona), body),
  remove: (persona: string) => request<unknown>("DELETE", at(persona)),
  restore: (persona: string) => request<unknown>("POST", `${at(persona)}/restore`),
  purge: (persona: string) => request<unknown>("DELETE", `${at(persona)}?purge=true`),
  versions: (persona: string) =>
    allPages((cursor) =>
      request<Page<PersonaVersion>>("GET", `${at(persona)}/versions?limit=100${cursor ? `&cursor=${id(cursor)}` : ""}`),
    ),
  goBack: (persona: string, version: number) =>
    request<PersonaRow>("POST", `${at(persona)}/versions/${version}/restore`),
};
