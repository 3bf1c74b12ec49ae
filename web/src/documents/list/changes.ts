/** What a live event means for the rows that are shown: a new word in one of them, one to read, or a list to load. Pure. */

import type { FileRow } from "../../api/documents";
import { LOOKS } from "../words";

export type Change = Partial<FileRow>;

export type Told = { what: "put"; id: string; change: Change } | { what: "read"; id: string } | { what: "elsewhere" };

/** How a document's work ended is read with all that was found: nobody decides about a row that lacks its warnings. */
export function toldBy(event: Record<string, unknown>, shown: readonly FileRow[]): Told {
  const { upload_id, status, title, filename, version, error } = event as Change;
  if (!upload_id || !status || !shown.some((row) => row.upload_id === upload_id)) return { what: "elsewhere" };
  if (LOOKS[status]?.tone !== "busy") return { what: "read", id: upload_id };
  return { what: "put", id: upload_id, change: { status, title, filename, version, error } as Change };
}
