/** The rows of a list between two loadings: single rows follow their events, the list is loaded once things are quiet. */

import { useCallback, useEffect, useRef, useState } from "react";
import { documents, type FileRow } from "../../api/documents";
import { useLive, useLiveData } from "../../api/live";
import { type Change, toldBy } from "./changes";

const QUIET_MS = 1500;
const LATEST_MS = 10_000;
const TOGETHER_MS = 300;
const MOST_SINGLE = 5;

export function useChanges(data: readonly FileRow[] | undefined, reload: () => void): Record<string, Change> {
  const [changes, setChanges] = useState<Record<string, Change>>({});
  const timers = useRef<{ quiet?: number; read?: number; since?: number }>({});
  const ended = useRef(new Set<string>());

  const loadWhenQuiet = useCallback(() => {
    const { current } = timers;
    current.since ??= Date.now();
    window.clearTimeout(current.quiet);
    const wait = Math.max(0, Math.min(QUIET_MS, current.since + LATEST_MS - Date.now()));
    current.quiet = window.setTimeout(() => {
      current.since = undefined;
      reload();
    }, wait);
  }, [reload]);

  const readEnded = useCallback(() => {
    const ids = [...ended.current];
    timers.current.read = undefined;
    ended.current.clear();
    if (ids.length > MOST_SINGLE) return reload();
    for (const id of ids) {
      documents.read(id).then(
        (row) => setChanges((old) => ({ ...old, [id]: row })),
        () => undefined, // gone meanwhile, or offline: the next loading says so
      );
    }
  }, [reload]);

  useLive(["*"], reload, 400);
  useLiveData("document.", (event) => {
    const told = toldBy(event, data ?? []);
    if (told.what === "put") setChanges((old) => ({ ...old, [told.id]: { ...old[told.id], ...told.change } }));
    if (told.what === "read") {
      ended.current.add(told.id);
      timers.current.read ??= window.setTimeout(readEnded, TOGETHER_MS);
    }
    loadWhenQuiet();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that were loaded say it themselves
  useEffect(() => setChanges({}), [data]);
  useEffect(() => {
    const { current } = timers;
    return () => {
      window.clearTimeout(current.quiet);
      window.clearTimeout(current.read);
    };
  }, []);
  return changes;
}
