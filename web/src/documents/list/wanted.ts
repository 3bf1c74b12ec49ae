/** What the list shows, kept in the address so that coming back from a document finds it as it was. Pure. */

import type { FileRow, Filter } from "../../api/documents";

export const STATUSES: [status: string, name: string][] = [
  ["", "All documents"],
  ["awaiting_confirmation", "Waiting for you"],
  ["ready", "Ready"],
  ["failed", "Failed"],
  ["rejected", "Not used"],
  ["replaced", "Older versions"],
];
const NAMES: (keyof Filter)[] = ["status", "category", "tag", "q"];

export function filterOf(query: URLSearchParams): Filter {
  return Object.fromEntries(NAMES.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])));
}

export function addressOf(filter: Filter): string {
  const query = new URLSearchParams();
  for (const name of NAMES) if (filter[name]) query.set(name, filter[name]);
  return query.size ? `/documents?${query}` : "/documents";
}

export function isFiltered(filter: Filter): boolean {
  return NAMES.some((name) => filter[name]);
}

/** Words to choose from: those in sight, those seen before, and the chosen one even when no row has it. */
export function choices(seen: readonly string[], rows: readonly FileRow[], chosen: string | undefined, of: Of) {
  const found = rows.flatMap((row) => (of === "tags" ? (row.tags ?? []) : row.category ? [row.category] : []));
  return [...new Set([...seen, ...found, ...(chosen ? [chosen] : [])])].sort((a, b) => a.localeCompare(b));
}
type Of = "tags" | "category";
