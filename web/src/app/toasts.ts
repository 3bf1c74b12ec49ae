/** What was just done, with a way back. One at a time: the newest thing is the one to undo. Gone with the person. */

import { useSyncExternalStore } from "react";
import { SIGNED_OUT } from "../api/signals";

export interface Toast {
  id: number;
  text: string;
  undo?: () => Promise<unknown>;
}

let shown: Toast | undefined;
let count = 0;
const listeners = new Set<() => void>();

function show(toast: Toast | undefined) {
  shown = toast;
  for (const listener of listeners) listener();
}

export function toast(text: string, undo?: () => Promise<unknown>): void {
  count += 1;
  show({ id: count, text, undo });
}

export function dismissToast(): void {
  show(undefined);
}

export function shownToast(): Toast | undefined {
  return shown;
}

window.addEventListener(SIGNED_OUT, dismissToast);

export function useToast(): Toast | undefined {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, shownToast);
}
