/** Instants as people say them, for lists: "just now", "5 minutes ago", "yesterday, 10:32 AM", "Nov 3, 2026". Pure. */

import { format } from "../calendar/dates";

const MINUTE = 60_000;

export function ago(iso: string | null | undefined, now: Date): string {
  if (!iso) return "never";
  const then = new Date(iso);
  const passed = now.getTime() - then.getTime();
  if (Number.isNaN(passed)) return "";
  if (passed < MINUTE) return "just now";
  if (passed < 60 * MINUTE) return plural(Math.floor(passed / MINUTE), "minute", "ago");
  const days = daysBetween(then, now);
  if (days === 0) return `today, ${timeOf(then)}`;
  if (days === 1) return `yesterday, ${timeOf(then)}`;
  return dayIn(then, now);
}

/** "in 3 days", "today, 6:00 PM", "Nov 3, 2027", or that it is over. */
export function until(iso: string, now: Date): string {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) return "";
  if (then <= now) return `expired ${dayIn(then, now)}`;
  const days = daysBetween(now, then);
  if (days === 0) return `expires today, ${timeOf(then)}`;
  if (days <= 30) return `expires in ${plural(days, "day")}`;
  return `expires ${dayIn(then, now)}`;
}

export function timeOf(date: Date): string {
  return format(date, { hour: "numeric", minute: "2-digit" });
}

export function exactly(iso: string): string {
  return format(new Date(iso), { dateStyle: "long", timeStyle: "medium" });
}

/** The heading of a day in a list: "Today", "Yesterday", "Tuesday, November 3". */
export function dayHeading(iso: string, now: Date): string {
  const then = new Date(iso);
  const days = daysBetween(then, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  return format(then, { weekday: "long", month: "long", day: "numeric", ...year });
}

/** A wait such as Retry-After: "40 seconds", "4 minutes". */
export function waiting(seconds: number): string {
  return seconds < 90 ? plural(seconds, "second") : plural(Math.ceil(seconds / 60), "minute");
}

/** How long something is: "20 s", "4 min 5 s", "1 h 2 min". */
export function lasting(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${minutes} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${minutes % 60} min`;
}

export function plural(count: number, noun: string, after = ""): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}${after && ` ${after}`}`;
}

function dayIn(date: Date, now: Date): string {
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  return format(date, { month: "short", day: "numeric", ...year });
}

/** Calendar days in the browser's zone; a day with a clock change is still one day. */
function daysBetween(earlier: Date, later: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(later) - day(earlier)) / 86_400_000);
}
