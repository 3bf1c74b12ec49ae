/** Business hours: words for them, and what is wrong with them. Days that are missing are closed. Pure. */

import { type BusinessHours, type Range, WEEKDAYS, type Weekday } from "../api/personas";

export const DAY_NAMES: Record<Weekday, string> = {
  mon: "Monday",
  tue: "Tuesday",
  wed: "Wednesday",
  thu: "Thursday",
  fri: "Friday",
  sat: "Saturday",
  sun: "Sunday",
};

export const USUAL: BusinessHours = {
  mon: [["09:00", "17:00"]],
  tue: [["09:00", "17:00"]],
  wed: [["09:00", "17:00"]],
  thu: [["09:00", "17:00"]],
  fri: [["09:00", "17:00"]],
};

export function isAlwaysOpen(hours: BusinessHours): boolean {
  return WEEKDAYS.every((day) => hours[day] === undefined);
}

/** The problem of one day in a sentence, undefined when there is none. */
export function problemOfDay(ranges: readonly Range[]): string | undefined {
  let last = "";
  for (const [start, end] of ranges) {
    if (!start || !end) return "Fill in both times.";
    if (start >= end) return "The end must be after the start.";
    if (start < last) return "These times overlap; put them in order.";
    last = end;
  }
  return undefined;
}

export function problemOfHours(hours: BusinessHours): string | undefined {
  for (const day of WEEKDAYS) {
    const problem = problemOfDay(hours[day] ?? []);
    if (problem) return `${DAY_NAMES[day]}: ${problem}`;
  }
  return undefined;
}

/** The end of a day is 24:00 for the server and midnight, 00:00, in the browser's control. */
export const endToShow = (end: string) => (end === "24:00" ? "00:00" : end);
export const endToKeep = (end: string) => (end === "00:00" ? "24:00" : end);

/** A day opened after another: begins an hour after the last range, or as usual. */
export function nextRange(ranges: readonly Range[]): Range {
  const end = ranges.at(-1)?.[1];
  const hour = end ? Number(end.slice(0, 2)) + 1 : 9;
  if (hour >= 23) return ["", ""];
  const pad = (value: number) => `${String(value).padStart(2, "0")}:00`;
  return end ? [pad(hour), pad(hour + 1)] : ["09:00", "17:00"];
}

/** "Mon–Fri 09:00–17:00; Sat 10:00–13:00", days with the same hours together. */
export function hoursText(hours: BusinessHours): string {
  if (isAlwaysOpen(hours)) return "always open";
  const groups: { first: Weekday; last: Weekday; text: string }[] = [];
  for (const day of WEEKDAYS) {
    const text = (hours[day] ?? []).map(([start, end]) => `${start}–${end}`).join(", ");
    const group = groups.at(-1);
    if (group?.text === text) group.last = day;
    else groups.push({ first: day, last: day, text });
  }
  const open = groups.filter((group) => group.text);
  if (open.length === 0) return "always closed";
  const short = (day: Weekday) => DAY_NAMES[day].slice(0, 3);
  const span = ({ first, last }: { first: Weekday; last: Weekday }) =>
    first === last ? short(first) : `${short(first)}–${short(last)}`;
  const zone = hours.timezone ? ` (${hours.timezone})` : "";
  return open.map((group) => `${span(group)} ${group.text}`).join("; ") + zone;
}
