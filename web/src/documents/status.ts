/** A document's stages in a person's words. */

import type { FileRow, FileStatus } from "../api/types";

interface Look {
  label: string;
  tone: "busy" | "ask" | "good" | "bad" | "quiet";
  /** Where the bar stands when the server gives no figure of its own. */
  progress: number;
}

const LOOKS: Record<FileStatus, Look> = {
  received: { label: "Received", tone: "busy", progress: 5 },
  inspecting: { label: "Checking", tone: "busy", progress: 15 },
  extracting: { label: "Reading", tone: "busy", progress: 35 },
  analysing: { label: "Analysing", tone: "busy", progress: 60 },
  awaiting_confirmation: { label: "Needs your decision", tone: "ask", progress: 100 },
  indexing: { label: "Indexing", tone: "busy", progress: 80 },
  ready: { label: "Ready", tone: "good", progress: 100 },
  rejected: { label: "Not used", tone: "quiet", progress: 100 },
  failed: { label: "Failed", tone: "bad", progress: 100 },
};

export function lookOf(row: FileRow): Look {
  const look = LOOKS[row.status] ?? { label: row.status, tone: "quiet", progress: 100 };
  return look.tone === "busy" && row.progress ? { ...look, progress: Math.max(3, Math.min(100, row.progress)) } : look;
}

export function errorOf(row: FileRow): string | undefined {
  if (!row.error) return undefined;
  return typeof row.error === "string" ? row.error : row.error.detail || row.error.code || "It could not be read.";
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function kindOf(filename: string): string {
  const extension = filename.includes(".") ? filename.split(".").pop() : "";
  return (extension || "file").slice(0, 4).toUpperCase();
}
