/**
 * Servers that were removed a moment ago. The server cannot bring one back, so it is told late: when the toast goes.
 * Until then lists leave it out, also in a view that was left and opened again.
 */

import { useSyncExternalStore } from "react";
import { sentenceOf } from "../../api/errors";
import { type McpServer, mcp } from "../../api/mcp";
import { SIGNED_OUT } from "../../api/signals";
import { toast } from "../../app/toasts";

let gone: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

function set(fresh: ReadonlySet<string>) {
  gone = fresh;
  for (const listener of listeners) listener();
}

const without = (id: string) => new Set([...gone].filter((one) => one !== id));
window.addEventListener(SIGNED_OUT, () => set(new Set()));

export function removeServer(server: McpServer): void {
  set(new Set([...gone, server.id]));
  toast(
    `${server.name} was removed.`,
    async () => set(without(server.id)),
    () =>
      void mcp.remove(server.id).catch((error: unknown) => {
        set(without(server.id));
        toast(`${server.name} is still there. ${sentenceOf(error)}`);
      }),
  );
}

export function useRemoved(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => gone,
  );
}
