/** A live `calendar.notice` as what the page shows. Pure. */

import { addressOf } from "../calendar/address";
import type { Told } from "./notices";

/** Undefined when it is no notice. */
export function noticeOf(data: Record<string, unknown>): Told | undefined {
  const { id, text, at } = data;
  if (typeof id !== "string" || typeof text !== "string" || !text) return undefined;
  const day = typeof at === "string" ? new Date(at) : undefined;
  const known = day && !Number.isNaN(day.getTime());
  return { id, text, href: known ? addressOf({ view: "agenda", date: day }) : "/calendar" };
}
