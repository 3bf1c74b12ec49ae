/**
 * Addresses of the page: `#/documents` always works; a plain `/documents` works when the server answers it with
 * index.html. Links are written with the hash so that reload never depends on the server.
 */

import { useSyncExternalStore } from "react";

export function currentPath(): string {
  const { hash, pathname } = window.location;
  const path = hash.startsWith("#/") ? hash.slice(1) : pathname;
  return path.replace(/\/+$/, "") || "/";
}

/** Goes there as a followed link does. */
export function go(path: string): void {
  window.location.hash = path;
}

/** A view's address and what is asked after the "?", which belongs to the view alone. */
export function splitPath(path: string): { place: string; query: URLSearchParams } {
  const [place = "/", query = ""] = path.split("?", 2);
  return { place: place.replace(/\/+$/, "") || "/", query: new URLSearchParams(query) };
}

export function link(path: string): string {
  return `/#${path}`;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  window.addEventListener("popstate", listener);
  return () => {
    window.removeEventListener("hashchange", listener);
    window.removeEventListener("popstate", listener);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, currentPath);
}
