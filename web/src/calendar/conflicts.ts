/** What an event clashes with, as lines to show beside it. Pure. */

import type { Conflict } from "../api/calendar";

/** By an event's id: "Double-booked with Lunch", or why there is too little time between two places. */
export function conflictLines(conflicts: readonly Conflict[]): Map<string, string[]> {
  const doubles = new Map<string, string[]>();
  const ways = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, id: string, text: string) => to.set(id, [...(to.get(id) ?? []), text]);
  for (const { kind, first, second, short_min } of conflicts) {
    if (kind === "overlap") {
      add(doubles, first.event_id, second.summary);
      add(doubles, second.event_id, first.summary);
    } else {
      add(ways, first.event_id, `${short_min} min too little to get to ${second.summary}`);
      add(ways, second.event_id, `${short_min} min too little to get here from ${first.summary}`);
    }
  }
  const lines = new Map<string, string[]>();
  for (const [id, names] of doubles) lines.set(id, [`Double-booked with ${named(names)}`]);
  for (const [id, texts] of ways) lines.set(id, [...(lines.get(id) ?? []), ...texts]);
  return lines;
}

/** All that begins with one event: one line for it, whatever it clashes with. */
export interface ClashLine {
  event_id: string;
  start: string;
  text: string;
}

export function clashLines(conflicts: readonly Conflict[]): ClashLine[] {
  const firsts = new Map<string, Conflict[]>();
  for (const one of conflicts) {
    const key = `${one.first.event_id} ${one.kind}`;
    firsts.set(key, [...(firsts.get(key) ?? []), one]);
  }
  return [...firsts.values()].flatMap((group) => {
    const one = group[0];
    if (!one) return [];
    const others = named(group.map(({ second }) => second.summary));
    const text =
      one.kind === "overlap" ? `double-booked with ${others}` : `${one.short_min} min too little to get to ${others}`;
    return [{ event_id: one.first.event_id, start: one.first.start, text: `${one.first.summary}, ${text}` }];
  });
}

function named(names: readonly string[]): string {
  const each = [...new Set(names)];
  if (each.length > 3) return `${each.slice(0, 2).join(", ")} and ${each.length - 2} more`;
  return each.length < 2 ? (each[0] ?? "") : `${each.slice(0, -1).join(", ")} and ${each.at(-1)}`;
}
