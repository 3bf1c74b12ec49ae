/** The page's one queue, and what happened to it, for views. */

import { useSyncExternalStore } from "react";
import { SIGNED_OUT } from "../../api/signals";
import { uploadFile } from "../../api/upload";
import { type QueueState, UploadQueue } from "./queue";

const arrived = new Set<() => void>();
const TELL_MS = 500;
let telling = false;

/** Hundreds of small files arrive within seconds; lists are not loaded anew for each. */
export const uploads = new UploadQueue(uploadFile, () => {
  if (telling) return;
  telling = true;
  window.setTimeout(() => {
    telling = false;
    for (const listener of arrived) listener();
  }, TELL_MS);
});
window.addEventListener(SIGNED_OUT, () => uploads.clear());
window.addEventListener("beforeunload", (event) => {
  if (uploads.snapshot().uploads.some((one) => one.state !== "refused")) event.preventDefault();
});

export function useUploads(): QueueState {
  return useSyncExternalStore(uploads.subscribe, uploads.snapshot);
}

/** Calls `listener` when files have arrived at the server; returns what ends that. */
export function whenArrived(listener: () => void): () => void {
  arrived.add(listener);
  return () => arrived.delete(listener);
}
