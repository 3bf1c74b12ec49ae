/** Files of one conversation: what the assistant may use there and nowhere else. */

import { id, request } from "./client";
import type { PageKind } from "./documents";
import type { Page } from "./types";
import { type Sending, sendFile } from "./upload";

export interface Attachment {
  id: string;
  conversation_id: string;
  message_id?: string | null;
  filename: string;
  file_size: number;
  content_type: string;
  /** `failed`: kept and downloadable, but its text cannot be used. */
  status: "received" | "reading" | "ready" | "failed";
  page_kind?: PageKind;
  pages?: number;
  metadata?: Record<string, unknown>;
  error?: { code?: string; detail?: string } | null;
  created_at?: string;
}

const at = (attachment: string) => `/api/attachments/${id(attachment)}`;
const of = (conversation: string) => `/api/conversations/${id(conversation)}/attachments`;

export const attachments = {
  of: (conversation: string) => request<Page<Attachment>>("GET", of(conversation)),
  send: (conversation: string, file: File, sending: Sending) => sendFile<Attachment>(of(conversation), file, sending),
  /** Sent late, perhaps when the page closes. */
  remove: (attachment: string) => request<void>("DELETE", at(attachment), undefined, true),
};

export const downloadUrl = (attachment: string) => `${at(attachment)}/download`;
export const attachedThumbnailUrl = (attachment: string) => `${at(attachment)}/thumbnail`;
export const attachedPageUrl = (attachment: string, page: number, width = 960) =>
  `${at(attachment)}/pages/${page}/image?width=${width}`;

/** Its pages can be drawn. */
export function hasPictures(one: Attachment): boolean {
  return one.status === "ready" && one.page_kind === "page" && Boolean(one.pages);
}
