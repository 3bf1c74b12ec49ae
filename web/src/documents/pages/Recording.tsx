/** A player for one recording that starts at a given second; it loads nothing before somebody presses play. */

import { useEffect, useRef } from "react";

interface Props {
  src: string;
  /** Where to begin, in seconds. Changing `turn` jumps there again. */
  from?: number;
  turn?: number;
  autoPlay?: boolean;
  label: string;
  onTime?: (second: number) => void;
}

export function Recording({ src, from = 0, turn = 0, autoPlay, label, onTime }: Props) {
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = player.current;
    if (!element || (!from && !turn)) return;
    element.currentTime = from;
    if (autoPlay || turn) element.play().catch(() => undefined); // the browser may want a touch first
  }, [from, turn, autoPlay]);
  return (
    // biome-ignore lint/a11y/useMediaCaption: what is said stands beside it as text
    <audio
      ref={player}
      className="recording"
      data-testid="recording"
      controls
      preload={from ? "metadata" : "none"}
      src={src}
      aria-label={label}
      onTimeUpdate={(event) => onTime?.(event.currentTarget.currentTime)}
    />
  );
}
