/**
 * The secret in a link such as `/welcome#TOKEN`. A fragment never reaches the server; it is taken out of the address
 * bar and the history before anything is drawn, and lives only in this module.
 */

let token: string | undefined;

export function takeFragment(): void {
  const { hash, pathname, search } = window.location;
  if (hash.length < 2 || hash.startsWith("#/")) return;
  if (pathname !== "/welcome" && pathname !== "/reset-password") return;
  token = decodeURIComponent(hash.slice(1));
  window.history.replaceState(null, "", pathname + search);
}

export function linkToken(): string {
  return token ?? "";
}

/** A second link opened in the same tab only changes the fragment. */
export function watchFragment(): void {
  window.addEventListener("hashchange", () => {
    const before = token;
    takeFragment();
    if (token !== before) window.dispatchEvent(new PopStateEvent("popstate"));
  });
}

export function leaveLink(): void {
  token = undefined;
  window.history.replaceState(null, "", "/");
  window.dispatchEvent(new PopStateEvent("popstate"));
}
