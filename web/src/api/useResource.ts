/** Loads a value, keeps the last good one while loading again, and says what went wrong in a sentence. */

import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, sentenceOf } from "./errors";
import { SIGNED_IN } from "./signals";

export interface Resource<T> {
  data: T | undefined;
  error: string | undefined;
  /** HTTP status of the failure; 0 when nothing answered. */
  status: number | undefined;
  loading: boolean;
  reload: () => void;
}

export function useResource<T>(load: () => Promise<T>, key: string): Resource<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: string; status?: number; loading: boolean }>({
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
      (error: unknown) => {
        const status = error instanceof ApiError ? error.status : undefined;
        if (current()) setState((old) => ({ ...old, error: sentenceOf(error), status, loading: false }));
      },
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
  return {
    data: state.key === key ? state.data : undefined,
    error: state.error,
    status: state.status,
    loading: state.loading,
    reload,
  };
}
