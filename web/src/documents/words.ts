/** Documents in a person's words: where they stand, what they are, how large. Pure. */

import type { FileRow, FileStatus, PageKind, Trouble } from "../api/documents";
import type { Me } from "../api/types";
import { lasting, plural } from "../app/times";
import { endingOf } from "./upload/files";
import { isFinal, shortOf } from "./upload/refusals";

export type Tone = "busy" | "ask" | "good" | "bad" | "quiet";

interface Look {
  label: string;
  tone: Tone;
  /** Where the bar stands; when the server gives no figure, where the status usually is. */
  progress: number;
  /** Nobody has begun yet: a percentage would promise something. */
  inLine?: boolean;
}

export const LOOKS: Record<FileStatus, Look> = {
  received: { label: "Received", tone: "busy", progress: 3 },
  inspecting: { label: "Checking", tone: "busy", progress: 10 },
  extracting: { label: "Reading", tone: "busy", progress: 35 },
  analysing: { label: "Analysing", tone: "busy", progress: 60 },
  awaiting_confirmation: { label: "Waiting for you", tone: "ask", progress: 100 },
  indexing: { label: "Indexing", tone: "busy", progress: 80 },
  ready: { label: "Ready", tone: "good", progress: 100 },
  replaced: { label: "Older version", tone: "quiet", progress: 100 },
  rejected: { label: "Not used", tone: "quiet", progress: 100 },
  failed: { label: "Failed", tone: "bad", progress: 100 },
};
/** A bar does not say that it is over while the work goes on. */
const NEARLY = 97;
/** A ready document that is analysed again stays ready, so what its job does is said beside it. */
const STAGES: Record<string, string> = {
  received: "In line",
  queued: "In line",
  inspecting: "Checking",
  extracting: "Reading",
  transcribing: "Listening",
  analysing: "Analysing",
  chunking: "Cutting into passages",
  embedding: "Indexing",
  indexing: "Indexing",
};

export function isBusy(row: FileRow): boolean {
  return LOOKS[row.status]?.tone === "busy" || row.job?.status === "running" || row.job?.status === "queued";
}

/** The analysis says that the assistant can answer from it. */
export function isAdvised(row: FileRow): boolean {
  return row.analysis?.recommended_for_rag ?? row.recommended_for_rag ?? false;
}

export function lookOf(row: FileRow): Look {
  const look = LOOKS[row.status] ?? { label: row.status, tone: "quiet", progress: 100 };
  if (!isBusy(row)) return look;
  if (row.job?.status === "queued" && !row.job.attempt)
    return { label: "In line", tone: "busy", progress: 0, inLine: true };
  const label = STAGES[row.job?.stage ?? ""] ?? (look.tone === "busy" ? look.label : "Working on it");
  const given = row.job?.progress || row.progress || look.progress;
  return { label, tone: "busy", progress: Math.max(3, Math.min(NEARLY, Math.round(given))) };
}

/** "42%"; nothing before anybody has begun, or when only the figure is at its end and the work is not. */
export function shareOf({ tone, inLine, progress }: Look): string {
  return tone === "busy" && !inLine && progress < NEARLY ? `${progress}%` : "";
}

/**
 * "version 2"; while it waits also whose place it takes. `others` are the rows at hand: the version that answers may not
 * be among them.
 */
export function versionOf(row: FileRow, others: readonly FileRow[] = []): string {
  const version = row.version ?? 1;
  if (version === 1 && !isNewVersion(row)) return "";
  if (row.status !== "awaiting_confirmation") return `version ${version}`;
  const current = others.find(
    (one) =>
      one.status === "ready" && (one.series_id ? one.series_id === row.series_id : one.upload_id === row.replaces),
  );
  return `version ${version}, replaces ${current ? `version ${current.version ?? 1}` : "the one before"}`;
}

/** It is to take the place of another one. */
export function isNewVersion(row: FileRow): boolean {
  return Boolean(row.replaces) || (row.version ?? 1) > 1;
}

/** Why it is being tried once more, while it is. */
export function retryOf(row: FileRow): string | undefined {
  if (!isBusy(row) || !row.job?.attempt || !row.job.reason) return undefined;
  return `Trying again (${plural(row.job.attempt, "attempt")} failed): ${row.job.reason}`;
}

export function troubleOf(error: Trouble | string | null | undefined): string | undefined {
  if (!error) return undefined;
  return shortOf(typeof error === "string" ? error : error.detail || "It could not be read.");
}

/** It was stopped, or failed through no fault of the file's. */
export function canRetry(row: FileRow): boolean {
  if (isBusy(row)) return false;
  if (row.status === "failed") return !isHopeless(row);
  return row.job?.status === "cancelled";
}

/** It failed, and the same file would fail again. */
export function isHopeless({ status, error }: FileRow): boolean {
  return status === "failed" && typeof error === "object" && isFinal(error?.code);
}

export function nameOf(row: Pick<FileRow, "title" | "filename">): string {
  return row.title || row.filename;
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** "25 MB", the largest file the server takes; empty when it does not say. */
export function limitOf(me: Me): string {
  const bytes = me.limits?.upload_bytes;
  return bytes ? sizeOf(bytes).replace(".0 ", " ") : "";
}

export function kindOf(filename: string): string {
  return (endingOf(filename) || "file").slice(0, 4).toUpperCase();
}

const NOUNS: Partial<Record<PageKind, string>> = { page: "page", slide: "slide", sheet: "sheet" };

/** "12 pages", "3 sheets", "4 min 5 s"; nothing for formats without places. */
export function lengthOf(row: Pick<FileRow, "page_kind" | "pages" | "metadata">): string {
  const seconds = Number(row.metadata?.duration_s ?? 0);
  if (row.page_kind === "recording") return seconds ? lasting(seconds) : "";
  const noun = NOUNS[row.page_kind ?? "page"];
  return noun && row.pages ? plural(row.pages, noun) : "";
}

/** 245 → "4:05"; 3 661 → "1:01:01". */
export function clockOf(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** "page 4", "sheet Prices"; a page's own label wins over its number. */
export function placeOf(kind: PageKind | undefined, number: number, label = ""): string {
  if (kind === "recording") return label || `part ${number}`;
  const noun = NOUNS[kind ?? "page"];
  return noun ? `${noun} ${label || number}` : "";
}

export function capital(text: string): string {
  return text ? text[0]?.toUpperCase() + text.slice(1) : text;
}

export function languageName(code: string | undefined): string {
  if (!code || code === "und") return "";
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
