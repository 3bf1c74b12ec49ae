/** An event as its form has it, and what the form sends: all of a new one, of a known one only what changed. Pure. */

import type { EventBody } from "../api/calendar";
import type { CalendarEvent } from "../api/types";
import { HERE } from "./dates";
import { NEVER, type Repeats, repeatsOf, ruleOf } from "./repeats";
import { laterDay, laterWall, minutesBetween, wallOf } from "./walls";

/** Times are wall time of `zone`, "2026-11-24T09:30"; of an all-day event only the days count, the last one included. */
export interface Draft {
  summary: string;
  start: string;
  end: string;
  allDay: boolean;
  zone: string;
  location: string;
  people: string;
  description: string;
  calendar: string;
  /** `as is`: nobody said it here. */
  busy: "busy" | "free" | "as is";
  repeats: Repeats;
}

export function newDraft(start: Date, minutes: number, more: Partial<Draft> = {}): Draft {
  const wall = wallOf(start.toISOString());
  return {
    summary: "",
    start: wall,
    end: laterWall(wall, minutes),
    allDay: false,
    zone: HERE,
    location: "",
    people: "",
    description: "",
    calendar: "",
    busy: "busy",
    repeats: NEVER,
    ...more,
  };
}

export function draftOf(event: CalendarEvent): Draft {
  const zone = event.timezone ?? HERE;
  const start = event.all_day ? `${event.start.slice(0, 10)}T00:00` : wallOf(event.start, zone);
  const lastDay = laterDay(event.end.slice(0, 10), event.end.slice(0, 10) > event.start.slice(0, 10) ? -1 : 0);
  return {
    summary: event.summary,
    start,
    end: event.all_day ? `${lastDay}T00:00` : wallOf(event.end, zone),
    allDay: event.all_day ?? false,
    zone,
    location: event.location ?? "",
    people: peopleOf(event).join("\n"),
    description: event.description ?? "",
    calendar: event.calendar_id ?? "",
    busy: event.busy === undefined ? "as is" : event.busy ? "busy" : "free",
    repeats: repeatsOf(event.rrule ?? "", event.original_start ? wallOf(event.original_start, zone) : start, zone),
  };
}

/** The problem in a sentence, undefined when it can be sent. */
export function problemOf(draft: Draft): string | undefined {
  if (!draft.summary.trim()) return "Give it a title.";
  const [start, end] = draft.allDay ? [draft.start.slice(0, 10), draft.end.slice(0, 10)] : [draft.start, draft.end];
  if (!/^\d{4}-\d{2}-\d{2}/.test(start) || !/^\d{4}-\d{2}-\d{2}/.test(end)) return "Fill in both days.";
  if (!draft.allDay && (start.length < 16 || end.length < 16)) return "Fill in both times.";
  if (draft.allDay ? end < start : end <= start) return "The end must be after the start.";
  const { repeats } = draft;
  if (repeats.frequency === "never" || repeats.frequency === "other") return undefined;
  if (!(repeats.every >= 1)) return "Say every how many it repeats: one or more.";
  if (repeats.end === "on" && !repeats.until) return "Say on which day it ends.";
  if (repeats.end === "on" && repeats.until < start.slice(0, 10)) return "It must not end before it starts.";
  if (repeats.end === "after" && !(repeats.count >= 1)) return "Say after how many times it ends.";
  return undefined;
}

/** Moving the start takes the end along. */
export function withStart(draft: Draft, start: string): Draft {
  const length = minutesBetween(draft.start, draft.end);
  return {
    ...draft,
    start,
    end: Number.isFinite(length) && start.length === 16 ? laterWall(start, length) : draft.end,
  };
}

/** An all-day event that gets times begins at nine and takes an hour. */
export function withAllDay(draft: Draft, allDay: boolean): Draft {
  if (allDay || draft.end > draft.start) return { ...draft, allDay };
  const day = draft.start.slice(0, 10);
  return { ...draft, allDay, start: `${day}T09:00`, end: `${day}T10:00` };
}

export function bookingOf(draft: Draft): EventBody {
  const rrule = ruleOf(draft.repeats, draft.start.slice(0, 10));
  return {
    summary: draft.summary.trim(),
    ...timesOf(draft),
    timezone: draft.zone,
    all_day: draft.allDay,
    attendees: linesOf(draft.people),
    location: draft.location.trim(),
    description: draft.description.trim(),
    busy: draft.busy !== "free",
    ...(draft.calendar ? { calendar_id: draft.calendar } : {}),
    ...(rrule ? { rrule } : {}),
  };
}

/** What differs; undefined when nothing does. `whole`: the repetition is meant too. */
export function changeOf(before: Draft, draft: Draft, whole: boolean): EventBody | undefined {
  const body: EventBody = {};
  if (draft.summary.trim() !== before.summary) body.summary = draft.summary.trim();
  const allDay = draft.allDay !== before.allDay;
  if (allDay || draft.start !== before.start || draft.end !== before.end || draft.zone !== before.zone) {
    Object.assign(body, timesOf(draft), { timezone: draft.zone }, allDay ? { all_day: draft.allDay } : {});
  }
  if (draft.calendar && draft.calendar !== before.calendar) body.calendar_id = draft.calendar;
  if (draft.location.trim() !== before.location) body.location = draft.location.trim();
  if (draft.people !== before.people) body.attendees = linesOf(draft.people);
  if (draft.description.trim() !== before.description) body.description = draft.description.trim();
  if (draft.busy !== before.busy && draft.busy !== "as is") body.busy = draft.busy === "busy";
  const day = draft.start.slice(0, 10);
  const rrule = ruleOf(draft.repeats, day);
  if (whole && JSON.stringify(draft.repeats) !== JSON.stringify(before.repeats)) body.rrule = rrule;
  return Object.keys(body).length > 0 ? body : undefined;
}

function timesOf(draft: Draft): { start: string; end: string } {
  if (!draft.allDay) return { start: `${draft.start}:00`, end: `${draft.end}:00` };
  return {
    start: `${draft.start.slice(0, 10)}T00:00:00`,
    end: `${laterDay(draft.end.slice(0, 10), 1)}T00:00:00`,
  };
}

function linesOf(text: string): string[] {
  return text
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter(Boolean);
}

function peopleOf(event: CalendarEvent): string[] {
  return (event.attendees ?? []).map((one) => (typeof one === "string" ? one : one.email || one.name || ""));
}
