/** What a screen reader should hear of a list that changes by itself: how each document's work ended. Pure. */

import type { FileRow, FileStatus } from "../../api/documents";
import { nameOf } from "../words";

const ENDINGS: Partial<Record<FileStatus, string>> = {
  awaiting_confirmation: "is waiting for you",
  ready: "is ready",
  failed: "could not be read",
};

export type Statuses = ReadonlyMap<string, FileStatus>;

export function statusesOf(rows: readonly FileRow[]): Statuses {
  return new Map(rows.map((row) => [row.upload_id, row.status]));
}

/** Rows that are seen for the first time are no news. */
export function newsOf(before: Statuses, rows: readonly FileRow[]): string {
  return rows
    .filter((row) => before.has(row.upload_id) && before.get(row.upload_id) !== row.status && ENDINGS[row.status])
    .map((row) => `${nameOf(row)} ${ENDINGS[row.status]}.`)
    .join(" ");
}
