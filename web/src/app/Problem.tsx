/** A failure beside the thing that failed. */

import { useEffect, useRef } from "react";

export function Problem({ text }: { text: string | undefined }) {
  const line = useRef<HTMLParagraphElement>(null);
  // In a long window it may be behind the buttons.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another problem is the reason
  useEffect(() => {
    if (line.current?.closest("dialog")) line.current.scrollIntoView({ block: "nearest" });
  }, [text]);
  if (!text) return null;
  return (
    <p className="problem" role="alert" ref={line}>
      {text}
    </p>
  );
}
