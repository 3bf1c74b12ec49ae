/** The calendar: events and their changes, calendars, connected accounts, free times, preferences. */

import { headerOf, id, request } from "./client";
import type { CalendarEvent, Page } from "./types";

export type Scope = "this" | "following" | "all";

/** What is written into an event; times without an offset are wall time of `timezone`. */
export interface EventBody {
  summary?: string;
  start?: string;
  end?: string;
  timezone?: string;
  all_day?: boolean;
  attendees?: string[];
  location?: string;
  description?: string;
  calendar_id?: string;
  busy?: boolean;
  rrule?: string;
  skip_clashes?: boolean;
}

export interface Span {
  start: string;
  end: string;
}

/** Details of a 409 `time_taken`. */
export interface Taken {
  clash: CalendarEvent;
  alternatives: Span[];
}

/** Details of a 409 `series_clashes`. */
export interface SeriesClashes {
  total: number;
  clashes: (Span & { clash: CalendarEvent })[];
}

export interface Conflict {
  kind: "overlap" | "travel";
  first: Span & { event_id: string; summary: string };
  second: Span & { event_id: string; summary: string };
  short_min: number;
  text: string;
}

export interface Calendar {
  id: string;
  account_id: string | null;
  name: string;
  timezone: string;
  color: string;
  writable: boolean;
  counts_busy: boolean;
  hidden: boolean;
  default: boolean;
  synced_at: string | null;
  sync_error: string;
}

export interface CalendarChange {
  color?: string;
  counts_busy?: boolean;
  hidden?: boolean;
  default?: true;
}

export interface Suggestion extends Span {
  reason: string;
  missing: string[];
}

export interface Proposal {
  suggestions: Suggestion[];
  unseen: string[];
  note: string;
  relaxations: { kind: string; value: string; start: string; text: string }[];
}

export interface Wanted {
  duration_min: number;
  /** Missing: now. */
  from?: string;
  to: string;
  attendees: string[];
  wishes: string[];
  timezone: string;
}

export const WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type DayName = (typeof WEEK)[number];

export interface PreferencesBody {
  working_hours?: Partial<Record<DayName, [string, string][]>>;
  lunch?: [string, string] | null;
  buffer_before_min?: number;
  buffer_after_min?: number;
  travel_min?: number;
  prefers?: string[];
  avoids?: string[];
  minimum_notice_min?: number;
  horizon_days?: number;
  slot_grid_min?: number;
  holidays?: string;
  timezone?: string;
}

/** What counts; `said` names the fields that are one's own, the rest is inherited. */
export type Preferences = Required<PreferencesBody> & { of: "me" | "tenant"; said: string[] };

const path = (event: string, scope?: Scope) => `/api/calendar/events/${id(event)}${scope ? `?scope=${scope}` : ""}`;
const span = (from: Date, to: Date) => `from=${id(from.toISOString())}&to=${id(to.toISOString())}`;

export const calendar = {
  book: (body: EventBody) => request<CalendarEvent>("POST", "/api/calendar/events", body),
  read: (event: string) => request<CalendarEvent>("GET", path(event)),
  change: (event: string, body: EventBody, scope?: Scope) => request<CalendarEvent>("PATCH", path(event, scope), body),
  /** Its answer says what to undo; of a series, `event` is one of it or the whole. */
  cancel: (event: string) => request<Page<CalendarEvent>>("POST", "/api/calendar/events/cancel", { ids: [event] }),
  /** What takes it back. */
  cancelFollowing: (event: string) => headerOf("VoiceLoop-Change", "DELETE", path(event, "following")),
  /** Without `change`: what this person changed last. */
  undo: (change?: string | null) =>
    request<{ message: string; left: CalendarEvent[] }>(
      "POST",
      "/api/calendar/undo",
      change ? { change_id: change } : {},
    ),
  conflicts: (from: Date, to: Date) =>
    request<{ conflicts: Conflict[] }>("GET", `/api/calendar/conflicts?${span(from, to)}`),
  calendars: () => request<Page<Calendar>>("GET", "/api/calendar/calendars"),
  setUp: (one: string, change: CalendarChange) =>
    request<Calendar>("PATCH", `/api/calendar/calendars/${id(one)}`, change),
  /** Looks at the connected calendars soon; what it finds comes as live events. */
  sync: () => request<unknown>("POST", "/api/calendar/sync"),
  suggest: (wanted: Wanted) => request<Proposal>("POST", "/api/calendar/suggest", wanted),
  preferences: (of: "me" | "tenant") => request<Preferences>("GET", `/api/calendar/preferences?of=${of}`),
  prefer: (of: "me" | "tenant", body: PreferencesBody) =>
    request<Preferences>("PUT", `/api/calendar/preferences?of=${of}`, body),
};
