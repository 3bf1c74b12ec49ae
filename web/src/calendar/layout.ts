/** Places the timed events of one day side by side where they overlap. Minutes are from local midnight. */

import type { CalendarEvent } from "../api/types";
import { addDays, localDate } from "./dates";

export interface Placed {
  event: CalendarEvent;
  from: number;
  to: number;
  column: number;
  columns: number;
}

const SHORTEST = 24;

export function placeDay(events: readonly CalendarEvent[], day: Date): Placed[] {
  const next = addDays(day, 1);
  const spans = events
    .filter((event) => !event.all_day)
    .map((event) => ({ event, start: localDate(event.start), end: localDate(event.end) }))
    .filter(({ start, end }) => start < next && (end > day || (start >= day && end >= start)))
    .map(({ event, start, end }) => {
      const from = start < day ? 0 : start.getHours() * 60 + start.getMinutes();
      const to = end >= next ? 1440 : end.getHours() * 60 + end.getMinutes();
      return { event, from, to: Math.max(to, from + SHORTEST), column: 0, columns: 1 };
    })
    .sort((a, b) => a.from - b.from || b.to - a.to);
  return clusters(spans).flatMap(columns);
}

function clusters(sorted: Placed[]): Placed[][] {
  const groups: Placed[][] = [];
  let end = -1;
  for (const one of sorted) {
    if (one.from >= end) groups.push([]);
    groups.at(-1)?.push(one);
    end = Math.max(end, one.to);
  }
  return groups;
}

function columns(group: Placed[]): Placed[] {
  const ends: number[] = [];
  for (const one of group) {
    const free = ends.findIndex((end) => end <= one.from);
    one.column = free === -1 ? ends.length : free;
    ends[one.column] = one.to;
  }
  return group.map((one) => ({ ...one, columns: ends.length }));
}

export function allDayOf(events: readonly CalendarEvent[], day: Date): CalendarEvent[] {
  return events.filter((event) => {
    if (!event.all_day) return false;
    const start = localDate(event.start.slice(0, 10));
    const end = localDate(event.end.slice(0, 10));
    return start <= day && (end > day || start.getTime() === day.getTime());
  });
}

/** The hours worth showing: the working day, stretched to whatever lies outside it. */
export function hoursFor(week: readonly Placed[][]): { first: number; last: number } {
  let first = 8;
  let last = 19;
  for (const { from, to } of week.flat()) {
    first = Math.min(first, Math.floor(from / 60));
    last = Math.max(last, Math.ceil(to / 60));
  }
  return { first, last };
}
