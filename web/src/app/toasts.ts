/**
 * What was just done, with a way back. One at a time: the newest thing is the one to undo. Gone with the person.
 * What cannot be undone on the server is done late: `late` runs when the toast goes without having been undone.
 */

import { useSyncExternalStore } from "react";
import { SIGNED_OUT } from "../api/signals";

export interface Toast {
  id: number;
  text: string;
  undo?: () => Promise<unknown>;
  late?: () => void;
}

let shown: Toast | undefined;
let count = 0;
const listeners = new Set<() => void>();

function show(toast: Toast | undefined) {
  shown = toast;
  for (const listener of listeners) listener();
}

export function toast(text: string, undo?: () => Promise<unknown>, late?: () => void): void {
  count += 1;
  const before = shown;
  show({ id: count, text, undo, late });
  before?.late?.();
}

export function dismissToast(): void {
  const before = shown;
  show(undefined);
  before?.late?.();
}

/** Takes it away, and what it would have done late is not done. */
export function dropToast(): void {
  show(undefined);
}

export function shownToast(): Toast | undefined {
  return shown;
}

window.addEventListener(SIGNED_OUT, dropToast);
window.addEventListener("pagehide", dismissToast);

export function useToast(): Toast | undefined {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, shownToast);
}
