/** How loud the microphone hears the person: a row of bars that fill with the level. */

import { useEffect, useRef } from "react";
import { everyFrame, type ReadLevel } from "./useLevel";

const BARS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

export function MicLevel({ level, on }: { level: ReadLevel; on: boolean }) {
  const meter = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = meter.current;
    if (!element) return;
    let shown = -1;
    const stop = everyFrame(() => {
      const lit = on ? Math.round(level() * BARS.length) : 0;
      if (lit === shown) return;
      shown = lit;
      element.setAttribute("aria-valuenow", String(lit * 10));
      [...element.children].forEach((bar, index) => {
        bar.classList.toggle("lit", index < lit);
      });
    });
    return stop;
  }, [level, on]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn as bars in every browser
    <div
      ref={meter}
      className="mic-level"
      data-testid="mic-level"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      {BARS.map((bar) => (
        <i key={bar} />
      ))}
    </div>
  );
}
