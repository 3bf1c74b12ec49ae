/** Documents: the files, what was understood of them, and what people decide about them. */

import { id, request } from "./client";
import type { Page } from "./types";

export type FileStatus =
  | "received"
  | "inspecting"
  | "extracting"
  | "analysing"
  | "awaiting_confirmation"
  | "indexing"
  | "ready"
  | "replaced"
  | "rejected"
  | "failed";
export type PageKind = "page" | "slide" | "sheet" | "recording" | "none";
export type Severity = "info" | "warning" | "danger";

export interface Finding {
  code: string;
  severity: Severity;
  detail: string;
  page?: number;
}

/** A reason or a warning; `page` 0 is the whole document. */
export interface Note {
  code: string;
  text: string;
  severity?: Severity;
  page?: number;
  quote?: string;
}

/** All but the ends of the samples are masked. */
export interface PersonalData {
  kind: string;
  count: number;
  pages: number[];
  samples: string[];
}

export interface Duplicate {
  document_id: string;
  title: string;
  /** 0-1. */
  similarity: number;
  suggestion: "replaces" | "same" | "overlaps";
  text: string;
}

export interface Statement {
  /** Empty: the document being looked at. */
  document_id: string;
  title: string;
  page: number;
  text: string;
  value: string;
}

export interface Contradiction {
  kind: string;
  here: Statement;
  there: Statement;
  text: string;
}

/** What the analyst said; people's corrections are in the row itself. Analyses of older versions lack fields. */
export interface Analysis {
  summary?: string;
  key_points?: string[];
  category?: string;
  tags?: string[];
  language?: string;
  confidence_score?: number;
  quality_score?: number;
  word_count?: number;
  sentence_count?: number;
  paragraph_count?: number;
  reading_time_s?: number;
  relevance_score?: number;
  relevance_reason?: string;
  recommended_for_rag?: boolean;
  reasons?: (Note | string)[];
  warnings?: Note[];
  personal_data?: PersonalData[];
  duplicates?: Duplicate[];
  contradictions?: Contradiction[];
  /** field → "rules" or the model's name. */
  analysed_by?: Record<string, string>;
}

export interface Trouble {
  code?: string;
  detail?: string;
}

export interface Job {
  id: string;
  kind: string;
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  stage?: string;
  progress?: number;
  attempt?: number;
  reason?: string;
  error?: Trouble | null;
  document_id?: string | null;
}

export interface Source {
  type?: string;
  title?: string;
  authors?: unknown;
  published?: string;
  accessed?: string;
  journal?: string;
  volume?: string;
  issue?: string;
  pages?: string;
  publisher?: string;
  doi?: string;
  pmid?: string;
  url?: string;
}

export interface FileRow {
  upload_id: string;
  filename: string;
  title?: string | null;
  file_size: number;
  content_type: string;
  status: FileStatus;
  progress?: number | null;
  stage?: string | null;
  pages?: number | null;
  page_kind?: PageKind;
  series_id?: string;
  version?: number;
  replaces?: string | null;
  category?: string;
  tags?: string[];
  language?: string;
  metadata?: Record<string, unknown>;
  source?: Source;
  findings?: Finding[];
  chunk_count?: number;
  job?: Job | null;
  preview?: boolean;
  analysis?: Analysis | null;
  recommended_for_rag?: boolean | null;
  error?: string | Trouble | null;
  created_at: string;
}

export interface PageRow {
  number: number;
  label?: string;
  characters?: number;
  recognised?: boolean;
}

/** Shares (0-1) of the page: left, top, right, bottom. */
export type Box = [number, number, number, number];

export interface Region {
  start: number;
  end: number;
  box?: Box | null;
  seconds?: [number, number] | null;
}

export interface PageText extends PageRow {
  text: string;
  headings?: { offset: number; level: number; text: string }[];
  regions?: Region[];
}

export interface Filter {
  status?: string;
  category?: string;
  tag?: string;
  q?: string;
}

export interface Correction {
  title?: string;
  category?: string;
  tags?: string[];
  language?: string;
  source?: Source;
}

export interface Outcome {
  document_id: string;
  status?: string;
  deleted?: boolean;
  error?: Trouble | string | null;
}

const at = (file: string) => `/api/files/${id(file)}`;

export const documents = {
  page: (filter: Filter, limit: number, cursor?: string | null) => {
    const query = new URLSearchParams({ limit: String(limit) });
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
    if (cursor) query.set("cursor", cursor);
    return request<Page<FileRow>>("GET", `/api/files?${query}`);
  },
  read: (file: string) => request<FileRow>("GET", at(file)),
  change: (file: string, what: Correction) => request<FileRow>("PATCH", at(file), what),
  analyse: (file: string) => request<{ job_id?: string }>("POST", `${at(file)}/analyze`),
  /** `waitS`: the answer comes when it is searched, or then. */
  decide: (file: string, save: boolean, waitS = 0) =>
    request<{ status: FileStatus }>("POST", `${at(file)}/confirm-rag${waitS ? `?wait=${waitS}` : ""}`, {
      save_to_rag: save,
    }),
  decideAll: (ids: string[], save: boolean) =>
    request<{ items: Outcome[] }>("POST", "/api/files/confirm", { ids, save_to_rag: save }, true),
  removeAll: (ids: string[]) => request<{ items: Outcome[] }>("POST", "/api/files/delete", { ids }, true),
  versions: (file: string) => request<Page<FileRow>>("GET", `${at(file)}/versions`),
  pages: (file: string) => request<Page<PageRow>>("GET", `${at(file)}/pages`),
  pageText: (file: string, number: number) => request<PageText>("GET", `${at(file)}/pages/${number}`),
  cancel: (job: string) => request<Job>("POST", `/api/jobs/${id(job)}/cancel`),
};

export const contentUrl = (file: string) => `${at(file)}/content`;
export const thumbnailUrl = (file: string) => `${at(file)}/thumbnail`;
export const pageImageUrl = (file: string, page: number, width?: number) =>
  `${at(file)}/pages/${page}/image${width ? `?width=${width}` : ""}`;
