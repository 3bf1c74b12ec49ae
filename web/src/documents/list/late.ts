/**
 * Decisions that can be taken back for a few seconds because nothing was sent yet: deleting and rejecting. The lists
 * show them as done; they are sent when their toast goes. What the server then refuses is said beside the row.
 */

import { useSyncExternalStore } from "react";
import { documents, type FileRow, type Outcome } from "../../api/documents";
import { sentenceOf } from "../../api/errors";
import { SIGNED_OUT } from "../../api/signals";
import { toast } from "../../app/toasts";
import { nameOf, troubleOf } from "../words";

export type Mark = "deleted" | "rejected";

interface LateState {
  marks: Readonly<Record<string, Mark>>;
  problems: Readonly<Record<string, string>>;
}

const NOTHING: LateState = { marks: {}, problems: {} };
const MOST = 100;
let state = NOTHING;
const listeners = new Set<() => void>();

function set(fresh: LateState) {
  state = fresh;
  for (const listener of listeners) listener();
}

function mark(ids: readonly string[], as: Mark) {
  const problems = Object.fromEntries(Object.entries(state.problems).filter(([id]) => !ids.includes(id)));
  set({ marks: { ...state.marks, ...Object.fromEntries(ids.map((id) => [id, as])) }, problems });
}

function unmark(ids: readonly string[]) {
  set({ ...state, marks: Object.fromEntries(Object.entries(state.marks).filter(([id]) => !ids.includes(id))) });
}

function refuse(problems: Record<string, string>) {
  unmark(Object.keys(problems));
  set({ ...state, problems: { ...state.problems, ...problems } });
}

/** Sends it for all, a hundred at a time. */
async function each(ids: readonly string[], send: (some: string[]) => Promise<{ items: Outcome[] }>): Promise<void> {
  for (let from = 0; from < ids.length; from += MOST) {
    const some = ids.slice(from, from + MOST);
    try {
      const { items } = await send(some);
      const refused = items.filter((one) => one.error);
      refuse(Object.fromEntries(refused.map((one) => [one.document_id, troubleOf(one.error) ?? "It was refused."])));
    } catch (error) {
      refuse(Object.fromEntries(some.map((id) => [id, sentenceOf(error)])));
    }
  }
}

function later(rows: readonly FileRow[], as: Mark, text: string, send: (ids: string[]) => Promise<unknown>) {
  const ids = rows.map((row) => row.upload_id);
  mark(ids, as);
  toast(
    text,
    async () => unmark(ids),
    () => void send(ids),
  );
}

const named = (rows: readonly FileRow[]) =>
  rows.length === 1 && rows[0] ? `“${nameOf(rows[0])}”` : `${rows.length} documents`;
const was = (rows: readonly FileRow[]) => (rows.length === 1 ? "was" : "were");

export const late = {
  remove: (rows: readonly FileRow[]) =>
    later(rows, "deleted", `${named(rows)} ${was(rows)} deleted.`, (ids) => each(ids, documents.removeAll)),
  reject: (rows: readonly FileRow[]) =>
    later(rows, "rejected", `${named(rows)} will not be used.`, (ids) =>
      each(ids, (some) => documents.decideAll(some, false)),
    ),
  /** Not late: there is nothing to lose, and people wait for it. */
  confirm: (rows: readonly FileRow[]) =>
    each(
      rows.map((row) => row.upload_id),
      (some) => documents.decideAll(some, true),
    ),
  /** The server's rows say it by now. */
  settle: (rows: readonly FileRow[]) => {
    const told = rows.filter(
      (row) => state.marks[row.upload_id] === "rejected" && row.status !== "awaiting_confirmation",
    );
    if (told.length) unmark(told.map((row) => row.upload_id));
  },
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  snapshot: () => state,
};

window.addEventListener(SIGNED_OUT, () => set(NOTHING));

export function useLate(): LateState {
  return useSyncExternalStore(late.subscribe, late.snapshot);
}
