/** What the calendar's address says: `#/calendar?view=month&date=2026-11-24`. Pure. */

import { splitPath } from "../app/router";
import { addDays, startOfWeek } from "./dates";

export const VIEWS = ["week", "month", "agenda"] as const;
export type View = (typeof VIEWS)[number];

const AGENDA_DAYS = 30;

export interface Shown {
  view: View;
  /** Midnight of the day looked at. */
  date: Date;
}

export function shownAt(path: string, now: Date): Shown {
  const { query } = splitPath(path);
  const view = VIEWS.find((one) => one === query.get("view")) ?? "week";
  const [, year, month, day] = query.get("date")?.match(/^(\d{4})-(\d{2})-(\d{2})$/) ?? [];
  const date = day ? new Date(Number(year), Number(month) - 1, Number(day)) : addDays(now, 0);
  return { view, date };
}

export function addressOf({ view, date }: Shown): string {
  return `/calendar?view=${view}&date=${dayText(date)}`;
}

export function dayText(date: Date): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${String(date.getFullYear()).padStart(4, "0")}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** The days in sight, first and the one after the last; a month is shown in whole weeks. */
export function windowOf({ view, date }: Shown): { from: Date; to: Date } {
  if (view === "agenda") return { from: date, to: addDays(date, AGENDA_DAYS) };
  if (view === "week") return { from: startOfWeek(date), to: addDays(startOfWeek(date), 7) };
  const last = new Date(date.getFullYear(), date.getMonth() + 1, 0);
  return {
    from: startOfWeek(new Date(date.getFullYear(), date.getMonth(), 1)),
    to: addDays(startOfWeek(last), 7),
  };
}

/** A week, a month or an agenda's length before (-1) or after (1). */
export function turned({ view, date }: Shown, by: -1 | 1): Shown {
  if (view === "week") return { view, date: addDays(date, by * 7) };
  if (view === "agenda") return { view, date: addDays(date, by * AGENDA_DAYS) };
  return { view, date: new Date(date.getFullYear(), date.getMonth() + by, 1) };
}

/** The day that another view begins with: today while it is in sight, else the first day that is. */
export function dayFor({ view, date }: Shown, other: View, now: Date): Date {
  if (view === "agenda" || view === other) return date;
  const { from, to } = windowOf({ view, date });
  if (from <= now && now < to) return addDays(now, 0);
  return view === "month" ? new Date(date.getFullYear(), date.getMonth(), 1) : from;
}

/** The day that a new event is offered on: today, or the first working day in sight. */
export function dayForNew(shown: Shown, now: Date): Date {
  if (shown.view === "agenda") return shown.date;
  const day = dayFor(shown, "agenda", now);
  const toMonday = { 6: 2, 0: 1 }[day.getDay()] ?? 0;
  return day.toDateString() === now.toDateString() ? day : addDays(day, toMonday);
}

export function daysIn({ from, to }: { from: Date; to: Date }): Date[] {
  const days = [];
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day);
  return days;
}
