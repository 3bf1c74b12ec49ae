/**
 * What the calendar tells while the page is open, newest last. It does not share the place of the one toast: what can
 * be undone must not go because an event is about to begin. Stays until it is dismissed; gone with the person.
 */

import { useSyncExternalStore } from "react";
import { SIGNED_OUT } from "../api/signals";

export interface Told {
  id: string;
  text: string;
  /** Where to read on, an address of the page. */
  href: string;
}

const MOST = 3;
let shown: readonly Told[] = [];
const listeners = new Set<() => void>();

function show(told: readonly Told[]) {
  shown = told;
  for (const listener of listeners) listener();
}

export function tell(told: Told): void {
  show([...shown.filter((one) => one.id !== told.id), told].slice(-MOST));
}

export function dismissNotice(id: string): void {
  show(shown.filter((one) => one.id !== id));
}

export function shownNotices(): readonly Told[] {
  return shown;
}

window.addEventListener(SIGNED_OUT, () => show([]));

export function useNotices(): readonly Told[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, shownNotices);
}
