/** What the assistant knows: searching it, and what callers asked of it. */

import { request } from "./client";
import type { Box, PageKind } from "./documents";
import type { Page } from "./types";

export interface Citation {
  id?: string;
  number?: number;
  /** The document, or the attached file when `source_type` says so. */
  document_id?: string;
  source_type?: "document" | "attachment";
  title: string;
  version?: number;
  page?: number | null;
  page_kind?: PageKind;
  /** What is shown and said: "page 4", "minute 1:23"; empty when a document has no places. */
  place?: string;
  heading?: string | null;
  quote?: string | null;
  relevance?: number | null;
  boxes?: Box[];
  seconds?: [number, number] | null;
  image_url?: string;
}

export interface SearchResult {
  id: string;
  document: string;
  score: number;
  metadata: { document_id?: string; title?: string; page?: number | null; heading?: string | null };
  citation?: Citation | string | null;
  /** Ranges [start, end) of `document`. */
  highlights?: [number, number][];
}

export interface SearchAnswer {
  results: SearchResult[];
  query_id?: string;
  execution_time_ms?: number;
  answered?: boolean;
  refused?: boolean;
  degraded?: boolean;
}

export interface AskedQuery {
  id: string;
  query: string;
  answered: boolean;
  result_count?: number;
  top_relevance?: number | null;
  degraded?: boolean;
  channel?: string | null;
  conversation_id?: string | null;
  document?: { id: string; title: string } | null;
  created_at: string;
}

export interface Gap {
  query: string;
  times: number;
  last_at: string;
  query_ids?: string[];
}

export const knowledge = {
  search: (query: string) => request<SearchAnswer>("POST", "/api/knowledge/search", { query, limit: 8 }),
  queries: (answered: boolean | undefined, cursor?: string | null) => {
    const wanted = new URLSearchParams({ limit: "50" });
    if (answered !== undefined) wanted.set("answered", String(answered));
    if (cursor) wanted.set("cursor", cursor);
    return request<Page<AskedQuery>>("GET", `/api/knowledge/queries?${wanted}`);
  },
  gaps: () => request<Page<Gap>>("GET", "/api/knowledge/gaps"),
};
