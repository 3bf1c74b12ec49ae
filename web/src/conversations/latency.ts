/** What the figures of an answer mean: which part of the wait was what, and the heights of the chart by day. Pure. */

import type { Latency, LatencyDay } from "../api/types";

/** In the order they follow one another; together they are what the caller waited. */
export const PARTS = [
  { key: "to_transcript", name: "Understanding", what: "until the last word was understood" },
  { key: "to_decision", name: "Making sure", what: "until it was clear that the caller had finished" },
  { key: "to_words", name: "Thinking", what: "until the first word of the answer" },
  { key: "to_voice", name: "Voice", what: "until the voice made its first sound" },
  { key: "to_sound", name: "On its way", what: "until that sound was heard" },
] as const;

export type Part = (typeof PARTS)[number] & { ms: number };

/** Parts that took no time are left out: what was made ready ahead kept nobody waiting. */
export function partsOf(latency: Latency): Part[] {
  return PARTS.map((part) => ({ ...part, ms: latency[part.key] ?? 0 })).filter((part) => part.ms > 0);
}

/** 1240 → "1.2 s", 640 → "0.64 s": below a second the second digit is heard. */
export function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}

export interface Bar {
  day: string;
  turns: number;
  median_ms: number;
  p95_ms: number;
  /** Where the day stands, and how high its figures are: shares of the whole. */
  x: number;
  median: number;
  p95: number;
}

/** One bar a day, also room for days without answers between the first and the last. */
export function barsOf(items: readonly LatencyDay[], top_ms: number): { bars: Bar[]; days: number } {
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) return { bars: [], days: 0 };
  const days = daysBetween(first.day, last.day) + 1;
  const bars = items.map((one) => ({
    day: one.day,
    turns: one.turns,
    median_ms: one.median_ms ?? 0,
    p95_ms: one.p95_ms ?? 0,
    x: daysBetween(first.day, one.day) / days,
    median: share(one.median_ms, top_ms),
    p95: share(one.p95_ms, top_ms),
  }));
  return { bars, days };
}

/** The top of the chart: whole seconds, so that its line can be named. */
export function topOf(items: readonly LatencyDay[]): number {
  const most = Math.max(0, ...items.map((one) => one.p95_ms ?? 0));
  return Math.max(1, Math.ceil(most / 1000)) * 1000;
}

function share(ms: number | null, top_ms: number): number {
  return Math.min(1, (ms ?? 0) / top_ms);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
