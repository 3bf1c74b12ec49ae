/** After too many tries: how long to wait, told once to screen readers and counted down for the eyes. */

import { useEffect, useState } from "react";
import { waiting } from "../app/times";

export interface Wait {
  /** Seconds; 0 when there is nothing to wait for. */
  left: number;
  total: number;
  start: (seconds: number) => void;
}

export function useWait(): Wait {
  const [until, setUntil] = useState<{ at: number; total: number }>();
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!until) return;
    const tick = () => setLeft(Math.max(0, Math.ceil((until.at - Date.now()) / 1000)));
    tick();
    const timer = window.setInterval(tick, 500);
    return () => window.clearInterval(timer);
  }, [until]);
  return { left, total: until?.total ?? 0, start: (s) => setUntil({ at: Date.now() + s * 1000, total: s }) };
}

export function WaitNotice({ wait }: { wait: Wait }) {
  return (
    <div role="alert">
      {wait.left > 0 && (
        <p className="problem" data-testid="signin-wait">
          Too many tries. <span className="visually-hidden">Try again in {waiting(wait.total)}.</span>
          <span aria-hidden="true">Try again in {waiting(wait.left)}.</span>
        </p>
      )}
    </div>
  );
}
