/** Days, weeks and times for people. A time is shown in the event's own zone when that differs from the browser's. */

import type { CalendarEvent } from "../api/types";

const LOCALE = "en-US";
export const DAY_MS = 86_400_000;
export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function startOfWeek(date: Date): Date {
  const day = new Date(date.getFullYear(), date.getMonth(), date.getDate());
  return addDays(day, -((day.getDay() + 6) % 7));
}

/** Calendar days, not 24-hour steps: a day with a clock change is still one day. */
export function addDays(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

export function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

/** An all-day event carries dates, which must not be shifted by a zone. */
export function localDate(iso: string): Date {
  const date = iso.match(/^(\d{4})-(\d{2})-(\d{2})$/);
  return date ? new Date(Number(date[1]), Number(date[2]) - 1, Number(date[3])) : new Date(iso);
}

export function clock(iso: string | Date, zone?: string): string {
  const date = typeof iso === "string" ? localDate(iso) : iso;
  const text = format(date, { hour: "numeric", minute: "2-digit" }, zone);
  return text.replace(":00", "");
}

export function weekday(iso: string, zone?: string): string {
  return format(localDate(iso), { weekday: "long", month: "long", day: "numeric" }, zone);
}

export function dayOf(iso: string, zone?: string): { month: string; day: string } {
  const date = localDate(iso);
  return { month: format(date, { month: "short" }, zone), day: format(date, { day: "numeric" }, zone) };
}

export function timeRange(event: Pick<CalendarEvent, "start" | "end" | "timezone" | "all_day">): string {
  if (event.all_day) return "All day";
  const zone = event.timezone;
  const range = `${clock(event.start, zone)} – ${clock(event.end, zone)}`;
  return differs(zone, event.start) ? `${range} (${zone?.split("/").pop()?.replaceAll("_", " ")})` : range;
}

export function attendeeNames(event: CalendarEvent): string {
  const names = (event.attendees ?? []).map((one) => (typeof one === "string" ? one : one.name || one.email || ""));
  return names.filter(Boolean).join(", ");
}

export function dateTime(iso: string): string {
  return format(new Date(iso), { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
}

export function monthSpan(from: Date, to: Date): string {
  const month = (date: Date, year: boolean) =>
    format(date, year ? { month: "long", year: "numeric" } : { month: "long" });
  if (from.getMonth() === to.getMonth()) return month(from, true);
  return `${month(from, from.getFullYear() !== to.getFullYear())} – ${month(to, true)}`;
}

export function format(date: Date, options: Intl.DateTimeFormatOptions, zone?: string): string {
  if (Number.isNaN(date.getTime())) return "";
  try {
    return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone }).format(date);
  } catch {
    return new Intl.DateTimeFormat(LOCALE, options).format(date);
  }
}

function differs(zone: string | undefined, iso: string): boolean {
  if (!zone || zone === HERE) return false;
  return clock(iso, zone) !== clock(iso);
}
