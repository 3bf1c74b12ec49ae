/** Source and metadata as pairs to read, and authors as lines to edit. Pure. */

import type { FileRow, Source } from "../../api/documents";
import { lasting } from "../../app/times";
import { format } from "../../calendar/dates";
import { capital } from "../words";

export type TextField = Exclude<keyof Source, "authors">;
export const FIELDS: [name: TextField, label: string][] = [
  ["title", "Title as published"],
  ["published", "Published"],
  ["journal", "Journal"],
  ["volume", "Volume"],
  ["issue", "Issue"],
  ["pages", "Pages"],
  ["publisher", "Publisher"],
  ["doi", "DOI"],
  ["pmid", "PMID"],
  ["url", "Address"],
  ["accessed", "Accessed"],
];
export const TYPES = ["document", "article", "book", "chapter", "report", "thesis", "webpage", "recording", "letter"];

/** One line an author: "Family, Given", or an organisation's name. */
export function authorLines(authors: unknown): string[] {
  if (!Array.isArray(authors)) return [];
  return authors.flatMap((one) => {
    if (typeof one === "string") return one.trim() ? [one] : [];
    const { family, given, literal } = (one ?? {}) as Record<string, string | undefined>;
    const name = literal || [family, given].filter(Boolean).join(", ");
    return name ? [name] : [];
  });
}

export function sourceOf(source: Source | undefined): [string, string][] {
  if (!source) return [];
  const authors = authorLines(source.authors).join("; ");
  const fields = FIELDS.flatMap(([name, label]): [string, string][] => (source[name] ? [[label, source[name]]] : []));
  const type: [string, string][] = source.type ? [["Kind", capital(source.type)]] : [];
  return [...(authors ? ([["Authors", authors]] as [string, string][]) : []), ...fields, ...type];
}

const DATES = new Set(["created_at", "modified_at"]);
const NAMES: Record<string, string> = {
  created_at: "Created",
  modified_at: "Changed",
  duration_s: "Length",
  ocr_confidence: "Read from pictures",
};
/** What only programs want to know, and what the head of the page says already. */
const UNSAID = new Set(["codec", "sample_rate", "channels", "producer", "format", "frames", "pages", "language"]);

/** Only plain values: an outline or a list of files is nothing to read here. */
export function metadataOf(row: FileRow): [string, string][] {
  const { width, height, ...rest } = row.metadata ?? {};
  const pairs = Object.entries(rest).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== "string" && typeof value !== "number") return [];
    return value === "" || UNSAID.has(name)
      ? []
      : [[NAMES[name] ?? capital(name.replaceAll("_", " ")), shown(name, value)]];
  });
  return width && height ? [...pairs, ["Picture", `${width} × ${height} pixels`]] : pairs;
}

function shown(name: string, value: string | number): string {
  if (name === "duration_s") return lasting(Number(value));
  if (name === "ocr_confidence") return `${Math.round(100 * Number(value))}% sure`;
  if (DATES.has(name)) return format(new Date(value), { dateStyle: "medium" }) || String(value);
  return String(value);
}
