/** The sources of a conversation, numbered as the references have them: by first mention, each once. Pure. */

import type { Citation } from "../api/knowledge";
import type { Message } from "../api/types";

/** Id of a document or an attached file to its number, from 1. */
export function numbersOf(messages: readonly Message[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const message of messages) {
    for (const citation of message.citations ?? []) {
      const source = sourceOf(citation);
      if (!numbers.has(source)) numbers.set(source, numbers.size + 1);
    }
  }
  return numbers;
}

export function sourceOf(citation: Citation): string {
  return citation.document_id ?? citation.id ?? "";
}
