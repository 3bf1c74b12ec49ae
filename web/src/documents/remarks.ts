/**
 * What a person should know before they say yes: what inspection, reading and analysis found, as one list, the worst
 * first. Pure. Analyses made by older versions of the product are read as far as they say the same things.
 */

import type { Contradiction, Duplicate, FileRow, Finding, Note, PersonalData, Severity } from "../api/documents";
import { plural } from "../app/times";

export interface Remark {
  severity: Severity;
  title: string;
  detail: string;
  /** The document's own words, to be shown as a quotation. */
  quote: string;
  /** Empty: all of it. */
  pages: number[];
}

const TITLES: Record<string, string> = {
  hidden_text: "Text that nobody sees",
  instruction_like_text: "Text that speaks to the assistant",
  instruction_like: "Text that speaks to the assistant",
  active_content: "Active content",
  embedded_file: "Files inside the file",
  embedded_files: "Files inside the file",
  external_reference: "Asks for things from outside",
  ambiguous_archive: "Parts are there twice",
  polyglot: "Two kinds of file in one",
  trailing_data: "More behind the end",
  recognised: "Read by a machine",
  ocr_unsure: "Hard to read",
  ocr_language_missing: "A language that cannot be read here",
};
const ORDER: Severity[] = ["danger", "warning", "info"];

export function remarksOf(row: FileRow): Remark[] {
  const warnings = listOf(row.analysis?.warnings);
  const kinds = listOf(row.analysis?.personal_data);
  // The server decides whether it matters: a house's own address is no secret.
  const matters = !warnings.some((one) => one.code === PERSONAL) || warnings.some(isLoudPersonal);
  const all = [
    ...listOf(row.findings).map(finding),
    ...warnings.filter((one) => !isShownElsewhere(one, row)).map((one) => warning(one, row)),
    ...kinds.map((one) => personal(one, matters ? "warning" : "info")),
  ];
  const once = new Map(all.map((one) => [`${one.title}|${one.detail}|${one.quote}|${one.pages}`, one]));
  return [...once.values()]
    .filter((one) => one.detail || one.quote)
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || (a.pages[0] ?? 0) - (b.pages[0] ?? 0));
}

/** How much there is to look at, for the badge: what is only good to know does not count. */
export function alarmsOf(row: FileRow): { count: number; worst: Severity | undefined } {
  const clashes = contradictionsOf(row).length + duplicatesOf(row).length;
  const loud = remarksOf(row).filter((one) => one.severity !== "info");
  return { count: loud.length + clashes, worst: loud[0]?.severity ?? (clashes ? "warning" : undefined) };
}

const PERSONAL = "personal_data";
/** Its sentence counts pages, which says nothing of a recording or of a single page. */
const RECOGNISED = "recognised";

function isLoudPersonal(one: Note): boolean {
  return one.code === PERSONAL && one.severity !== "info";
}

/** Warnings that sum up what has a place of its own on the page. */
function isShownElsewhere({ code }: Note, row: FileRow): boolean {
  if (code === PERSONAL) return listOf(row.analysis?.personal_data).length > 0;
  if (code === RECOGNISED && row.page_kind === "recording")
    return listOf(row.findings).some((one) => one.code === RECOGNISED || one.code === "transcribed_by_fallback");
  if (code === "contradiction") return contradictionsOf(row).length > 0;
  return code === "duplicate" && duplicatesOf(row).length > 0;
}

export function duplicatesOf(row: FileRow): Duplicate[] {
  return listOf(row.analysis?.duplicates).filter((one) => one.document_id);
}

export function contradictionsOf(row: FileRow): Contradiction[] {
  return listOf(row.analysis?.contradictions).filter((one) => one.here?.text && one.there?.text);
}

/** Why it is recommended or not, as sentences. */
export function reasonsOf(row: FileRow): string[] {
  const told = row.analysis?.reasons ?? [];
  return told.map((one) => (typeof one === "string" ? one : one.text)).filter(Boolean);
}

function finding(one: Finding): Remark {
  return remark(one.severity, one.code, one.detail, "", one.page);
}

/** Before there were severities, a warning had a `kind`, and its `text` was the document's own. */
function warning(one: Note & { kind?: string }, row: FileRow): Remark {
  if (!one.code) return remark("danger", one.kind ?? "", "", one.text, one.page);
  const plainly = one.code === RECOGNISED ? recognisedFrom(row) : undefined;
  return remark(one.severity ?? "warning", one.code, plainly ?? one.text, one.quote ?? "", one.page);
}

function recognisedFrom({ page_kind, pages }: FileRow): string | undefined {
  if (page_kind === "recording") return "The text is what was heard; names and numbers may be wrong.";
  return pages === 1 ? "The text was read from a picture; names and numbers may be wrong." : undefined;
}

function personal(one: PersonalData, severity: Severity): Remark {
  const kind = one.kind.replaceAll("_", " ");
  const times = one.count > 1 ? `${kind}: ${plural(one.count, "time")}` : kind;
  const quote = (one.samples ?? []).join(", ");
  return { severity, title: "Personal data", detail: sentence(times), quote, pages: one.pages ?? [] };
}

function remark(severity: Severity, code: string, detail: string, quote: string, page?: number): Remark {
  const title = TITLES[code] ?? sentence(code.replaceAll("_", " "));
  return { severity, title, detail: sentence(detail ?? ""), quote: quote ?? "", pages: page ? [page] : [] };
}

function listOf<T>(value: T[] | undefined): T[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
