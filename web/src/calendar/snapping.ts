/** What a pointer's way over the week means: minutes in steps of a quarter of an hour. Pure. */

import type { Span } from "../api/calendar";

export const STEP_MIN = 15;
const DAY_MIN = 1440;

/** Minutes from local midnight on a day of the week in sight. */
export interface Place {
  day: number;
  from: number;
  to: number;
}

export type Grip = "move" | "end" | "new";

/** Where the pointer is: which column, and which minute of the day. */
export interface Point {
  day: number;
  minute: number;
}

export function snap(minutes: number): number {
  return Math.round(minutes / STEP_MIN) * STEP_MIN;
}

/** Where an event, or a new one, lies when the pointer went from `began` to `at`. */
export function dragged(grip: Grip, before: Place, began: Point, at: Point): Place {
  if (grip === "new") return drawn(began, at);
  const by = snap(at.minute - began.minute);
  if (grip === "end") {
    const to = snap(before.to + at.minute - began.minute);
    return { ...before, to: Math.min(DAY_MIN, Math.max(before.from + STEP_MIN, to)) };
  }
  const length = before.to - before.from;
  const from = Math.min(DAY_MIN - STEP_MIN, Math.max(0, before.from + by));
  return { day: before.day + at.day - began.day, from, to: from + length };
}

/** On empty time: from the quarter the pointer began in, down or up, at least one quarter. */
function drawn(began: Point, at: Point): Place {
  const quarter = Math.floor(began.minute / STEP_MIN) * STEP_MIN;
  const other = snap(at.minute);
  const [from, to] = other < quarter ? [other, quarter + STEP_MIN] : [quarter, Math.max(other, quarter + STEP_MIN)];
  return { day: began.day, from: Math.max(0, from), to: Math.min(DAY_MIN, to) };
}

export function samePlace(one: Place, other: Place): boolean {
  return one.day === other.day && one.from === other.from && one.to === other.to;
}

/** The instant of a minute of a day as the browser's clock has it, also on days when clocks change. */
export function instantAt(day: Date, minute: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 0, minute);
}

/** The instants of an event that went from one place to another; days are of the browser's clock. */
export function spanAfter(grip: Grip, event: Span, before: Place, after: Place, days: readonly Date[]): Span {
  const start = new Date(event.start);
  const end = new Date(event.end);
  const day = days[after.day];
  if (grip === "end" && day) return { start: start.toISOString(), end: instantAt(day, after.to).toISOString() };
  const midnight = new Date(start.getFullYear(), start.getMonth(), start.getDate() + after.day - before.day);
  const minute = start.getHours() * 60 + start.getMinutes() + after.from - before.from;
  const moved = instantAt(midnight, minute);
  return { start: moved.toISOString(), end: new Date(moved.getTime() + end.getTime() - start.getTime()).toISOString() };
}

export type Step = "up" | "down" | "left" | "right";

/** A quarter of an hour or a day further, as far as the days in sight go. */
export function nudged({ day, from, to }: Place, step: Step, days: number): Place {
  if (step === "left" || step === "right") {
    return { day: Math.min(days - 1, Math.max(0, day + (step === "left" ? -1 : 1))), from, to };
  }
  const start = Math.min(DAY_MIN - STEP_MIN, Math.max(0, from + (step === "up" ? -STEP_MIN : STEP_MIN)));
  return { day, from: start, to: start + to - from };
}
