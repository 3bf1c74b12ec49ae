/** Loads a value, keeps the last good one while loading again, and says what went wrong in a sentence. */

import { useCallback, useEffect, useRef, useState } from "react";
import { sentenceOf } from "./errors";
import { SIGNED_IN } from "./signals";

export interface Resource<T> {
  data: T | undefined;
  error: string | undefined;
  loading: boolean;
  reload: () => void;
}

export function useResource<T>(load: () => Promise<T>, key: string): Resource<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: string; loading: boolean }>({
    key,
    loading: true,
  });
  const latest = useRef({ load, key, turn: 0 });
  latest.current.load = load;
  latest.current.key = key;

  const reload = useCallback(() => {
    const turn = ++latest.current.turn;
    const asked = latest.current.key;
    const current = () => turn === latest.current.turn;
    setState((old) => (old.key === asked ? { ...old, loading: true } : { key: asked, loading: true }));
    latest.current.load().then(
      (data) => current() && setState({ key: asked, data, loading: false }),
      (error: unknown) => current() && setState((old) => ({ ...old, error: sentenceOf(error), loading: false })),
    );
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key is the reason to load again
  useEffect(reload, [key, reload]);
  // What failed because the session was over is loaded again once somebody is signed in.
  const failed = state.error !== undefined;
  useEffect(() => {
    if (!failed) return;
    window.addEventListener(SIGNED_IN, reload);
    return () => window.removeEventListener(SIGNED_IN, reload);
  }, [failed, reload]);
  return { data: state.key === key ? state.data : undefined, error: state.error, loading: state.loading, reload };
}
