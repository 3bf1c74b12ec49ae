/** How an event repeats, as a form has it, and as an RRULE (RFC 5545). A rule the form cannot say stays as it is. Pure. */

import { laterDay, wallOf, weekdayOf } from "./walls";

export const CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;
const FREQUENCIES = ["daily", "weekly", "monthly", "yearly"] as const;
export type Frequency = "never" | (typeof FREQUENCIES)[number] | "other";

export interface Repeats {
  frequency: Frequency;
  every: number;
  /** Weekly: 0 is Monday. */
  days: number[];
  /** Monthly: on the day's number ("the 24th") or on the weekday ("the fourth Tuesday"). */
  monthly: "day" | "weekday" | "last";
  end: "never" | "on" | "after";
  /** The last day, "2027-01-31". */
  until: string;
  count: number;
  /** What stands there when the form cannot say it. */
  rule: string;
}

export const NEVER: Repeats = {
  frequency: "never",
  every: 1,
  days: [],
  monthly: "day",
  end: "never",
  until: "",
  count: 10,
  rule: "",
};

/** The rule; empty when it does not repeat. `day` is the first day, whose weekday or number it takes. */
export function ruleOf(form: Repeats, day: string): string {
  if (form.frequency === "never") return "";
  if (form.frequency === "other") return form.rule;
  const parts = [`FREQ=${form.frequency.toUpperCase()}`];
  if (form.every > 1) parts.push(`INTERVAL=${form.every}`);
  if (form.frequency === "weekly") {
    const days = form.days.length > 0 ? form.days : [weekdayOf(day)];
    parts.push(
      `BYDAY=${[...days]
        .sort((a, b) => a - b)
        .map((one) => CODES[one])
        .join(",")}`,
    );
  }
  if (form.frequency === "monthly") parts.push(inMonth(form, day));
  if (form.end === "on" && form.until) parts.push(`UNTIL=${form.until.replaceAll("-", "")}`);
  if (form.end === "after") parts.push(`COUNT=${form.count}`);
  return parts.join(";");
}

function inMonth(form: Repeats, day: string): string {
  if (form.monthly === "day") return `BYMONTHDAY=${Number(day.slice(8, 10))}`;
  return `BYDAY=${form.monthly === "last" ? -1 : weekOf(day)}${CODES[weekdayOf(day)]}`;
}

/** Which of its weekday in the month a day is: 1 to 5. */
export function weekOf(day: string): number {
  return Math.ceil(Number(day.slice(8, 10)) / 7);
}

export function isLastOfMonth(day: string): boolean {
  const [year = 0, month = 0, number = 0] = day.split("-").map(Number);
  return number + 7 > new Date(year, month, 0).getDate();
}

/**
 * The form of a rule; `other` for what the form has no fields for, which is kept as it is. `start` is the first wall
 * time ("2026-11-24T09:30") in `zone`.
 */
export function repeatsOf(rule: string, start: string, zone: string): Repeats {
  if (!rule) return NEVER;
  const day = start.slice(0, 10);
  const parts = partsOf(rule);
  const form = read(parts, day);
  if (form) form.until = lastDay(parts.get("UNTIL"), start, zone);
  // What the form would write must mean the same, or it would change what somebody else wrote.
  return form && alike(parts, partsOf(ruleOf(form, day))) ? form : { ...NEVER, frequency: "other", rule };
}

function read(parts: Map<string, string>, day: string): Repeats | undefined {
  const frequency = FREQUENCIES.find((one) => one.toUpperCase() === parts.get("FREQ"));
  if (!frequency) return undefined;
  const count = Number(parts.get("COUNT") ?? 0);
  const byDay = parts.get("BYDAY")?.split(",") ?? [];
  return {
    ...NEVER,
    frequency,
    every: Number(parts.get("INTERVAL") ?? 1),
    days: frequency === "weekly" ? (byDay.length > 0 ? byDay.map(codeAt) : [weekdayOf(day)]) : [],
    monthly: byDay.length === 0 ? "day" : byDay[0]?.startsWith("-1") ? "last" : "weekday",
    end: parts.has("UNTIL") ? "on" : count ? "after" : "never",
    count: count || NEVER.count,
  };
}

/** The last day on which an event at this time of day still begins by UNTIL, a date or an instant. */
function lastDay(until: string | undefined, start: string, zone: string): string {
  const [, year, month, day, hour, minute, second] =
    until?.match(/^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z?)?$/) ?? [];
  const date = `${year}-${month}-${day}`;
  if (!hour) return day ? date : "";
  const wall = wallOf(`${date}T${hour}:${minute}:${second}Z`, zone);
  return wall.slice(11) < start.slice(11, 16) ? laterDay(wall.slice(0, 10), -1) : wall.slice(0, 10);
}

const codeAt = (code: string) => (CODES as readonly string[]).indexOf(code);

function partsOf(rule: string): Map<string, string> {
  const pairs = rule
    .replace(/^RRULE:/i, "")
    .split(";")
    .map((part) => part.split("=", 2).map((text) => text.trim().toUpperCase()));
  return new Map(pairs.filter(([name, value]) => name && value).map(([name = "", value = ""]) => [name, value]));
}

/** What a rule leaves open and the form writes out: the first day's own weekday, number or month. */
const SILENT = new Set(["WKST", "BYDAY", "BYMONTHDAY", "INTERVAL"]);

function alike(said: Map<string, string>, written: Map<string, string>): boolean {
  for (const name of new Set([...said.keys(), ...written.keys()])) {
    const [one, other] = [said.get(name), written.get(name)];
    if (name === "UNTIL" ? one && other : sorted(one) === sorted(other)) continue;
    if (name === "WKST" && one === "MO") continue;
    if (name !== "WKST" && one === undefined && SILENT.has(name)) continue;
    if (name === "INTERVAL" && one === "1" && other === undefined) continue;
    return false;
  }
  return true;
}

const sorted = (list: string | undefined) => list?.split(",").sort().join(",");
