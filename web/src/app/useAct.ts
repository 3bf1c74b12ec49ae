/** One thing a person does: busy while it runs, and a sentence when it fails. */

import { useRef, useState } from "react";
import { sentenceOf } from "../api/errors";

export interface Act {
  busy: boolean;
  problem: string | undefined;
  /** Runs `work`; true when it went well. A second call while one runs does nothing. */
  run: (work: () => Promise<unknown>) => Promise<boolean>;
  clear: () => void;
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const running = useRef(false);
  const run = async (work: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(sentenceOf(error));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, problem, run, clear: () => setProblem(undefined) };
}
