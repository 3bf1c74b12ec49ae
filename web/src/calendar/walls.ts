/** Wall clocks: an instant as the clock of a zone shows it, "2026-11-24T09:30", and back to days and times. Pure. */

import { HERE, localDate } from "./dates";

/** The wall time of an instant in a zone; a zone nobody knows is read as the browser's. */
export function wallOf(iso: string, zone: string = HERE): string {
  const parts = partsIn(new Date(iso), zone) ?? partsIn(new Date(iso), HERE) ?? {};
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

function partsIn(date: Date, zone: string): Record<string, string> | undefined {
  try {
    const style = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const;
    const format = new Intl.DateTimeFormat("en-GB", { ...style, hourCycle: "h23", timeZone: zone });
    return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  } catch {
    return undefined;
  }
}

export function laterWall(wall: string, minutes: number): string {
  return new Date(Date.parse(`${wall}:00Z`) + minutes * 60_000).toISOString().slice(0, 16);
}

export function minutesBetween(from: string, to: string): number {
  return (Date.parse(`${to}:00Z`) - Date.parse(`${from}:00Z`)) / 60_000;
}

/** A day so many days after another, both "2026-11-24". */
export function laterDay(day: string, days: number): string {
  return laterWall(`${day}T00:00`, days * 1440).slice(0, 10);
}

/** 0 is Monday. */
export function weekdayOf(day: string): number {
  return (localDate(day).getDay() + 6) % 7;
}
