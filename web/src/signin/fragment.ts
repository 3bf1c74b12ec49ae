/**
 * The secret in a link such as `/welcome#TOKEN`. A fragment never reaches the server; it is taken out of the address
 * bar and the history before anything is drawn, and lives only in this module.
 */

import { useSyncExternalStore } from "react";

let token = "";
const listeners = new Set<() => void>();

export function takeFragment(): void {
  const { hash, pathname, search } = window.location;
  if (hash.length < 2 || hash.startsWith("#/")) return;
  if (pathname !== "/welcome" && pathname !== "/reset-password") return;
  token = hash.slice(1);
  window.history.replaceState(null, "", pathname + search);
  for (const listener of listeners) listener();
}

/** A second link opened in the same tab only changes the fragment. */
export function watchFragment(): void {
  window.addEventListener("hashchange", takeFragment);
}

/** The secret, empty when the address carried none. */
export function useLinkToken(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => token,
  );
}

export function leaveLink(): void {
  token = "";
  window.history.replaceState(null, "", "/");
  window.dispatchEvent(new PopStateEvent("popstate"));
}
