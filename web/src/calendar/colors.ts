/** Which colour a calendar's events have: its own, or one of the page's by its place in the list. Pure. */

import type { CSSProperties } from "react";
import type { Calendar } from "../api/calendar";

const OURS = 6;

export function colorOf(calendars: readonly Calendar[], id: string | undefined): string {
  const index = calendars.findIndex((one) => one.id === id);
  const own = calendars[index]?.color ?? "";
  return /^#[0-9a-f]{6}$/i.test(own) ? own : `var(--cal-${(Math.max(0, index) % OURS) + 1})`;
}

export function colored(calendars: readonly Calendar[], id: string | undefined): CSSProperties {
  return { "--calendar": colorOf(calendars, id) } as CSSProperties;
}

/** `#rrggbb` for the browser's colour control, also of a calendar without a colour of its own. */
export function hexOf(color: string): string {
  const name = color.match(/^var\((--[\w-]+)\)$/)?.[1];
  return name ? getComputedStyle(document.documentElement).getPropertyValue(name).trim() : color;
}
