/** A notice of the calendar as what the page shows. Pure. */

import type { Notice } from "../api/notices";
import { addressOf } from "../calendar/address";
import type { Told } from "./notices";

export function toldOf({ id, text, at }: Pick<Notice, "id" | "text" | "at">): Told {
  const date = new Date(at);
  const known = !Number.isNaN(date.getTime());
  return { id, text, href: known ? addressOf({ view: "agenda", date }) : "/calendar" };
}
