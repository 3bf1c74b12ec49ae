/** The sources of a conversation as references in a style, or as a file for other programs. */

import { id, request } from "./client";

export const STYLES = ["apa", "mla", "chicago"] as const;
export type Style = (typeof STYLES)[number];
export type Export = "bibtex" | "ris";

export interface Reference {
  number: number;
  source_id: string;
  source_type: "document" | "attachment";
  title: string;
  text: string;
  /** The text with <i> around what is printed in italics. */
  html: string;
  in_text: string;
}

export interface References {
  style: string;
  items: Reference[];
  /** The numbered list as text, or the whole file of an export. */
  bibliography: string;
}

export const references = {
  of: (conversation: string, style: Style | Export) =>
    request<References>("GET", `/api/conversations/${id(conversation)}/citations?style=${style}`),
};
