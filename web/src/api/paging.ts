/** Follows `next_cursor` until a list is complete. */

import type { Page } from "./types";

/** More pages than any conversation has; a server that repeats its cursor must not keep the page asking for ever. */
const MOST_PAGES = 100;

/** Every item in order. `load` gets the cursor of the page wanted, undefined for the first. */
export async function allPages<T>(load: (cursor: string | undefined) => Promise<Page<T>>): Promise<Page<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const page = await load(cursor);
    items.push(...page.items);
    const next = page.next_cursor ?? undefined;
    if (next === undefined || next === cursor) return { items };
    cursor = next;
  }
  return { items, next_cursor: cursor };
}
