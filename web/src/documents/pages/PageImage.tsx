/** The picture of a page with boxes drawn over it; boxes are shares of the page, so they fit any width. */

import { type CSSProperties, useEffect, useRef, useState } from "react";
import type { Box } from "../../api/documents";

interface Props {
  src: string;
  /** What the picture shows, for those who do not see it. */
  alt: string;
  boxes?: readonly Box[];
  /** Only so much of the page is shown that the boxes are in sight. */
  cut?: boolean;
  /** Shown when there is no picture. */
  children?: React.ReactNode;
}

export function PageImage({ src, alt, boxes = [], cut, children }: Props) {
  const [state, setState] = useState<"loading" | "shown" | "broken">("loading");
  const frame = useRef<HTMLDivElement>(null);
  const first = boxes[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture begins anew
  useEffect(() => setState("loading"), [src]);
  useEffect(() => {
    const element = frame.current;
    if (!cut || !element || !first || state !== "shown") return;
    const middle = ((first[1] + (boxes.at(-1)?.[3] ?? first[3])) / 2) * element.scrollHeight;
    element.scrollTop = middle - element.clientHeight / 2;
  }, [cut, first, boxes, state]);
  if (state === "broken") return children ?? null;
  return (
    <div className={`page-image ${cut ? "page-cut" : ""}`} data-state={state} ref={frame}>
      <div className="page-sheet">
        <img
          key={src}
          src={src}
          alt={alt}
          loading="lazy"
          decoding="async"
          onLoad={() => setState("shown")}
          onError={() => setState("broken")}
        />
        {state === "shown" &&
          boxes.map((box) => <i key={box.join()} className="page-box" data-testid="page-box" style={placeOf(box)} />)}
      </div>
    </div>
  );
}

function placeOf([left, top, right, bottom]: Box): CSSProperties {
  const percent = (share: number) => `${(Math.max(0, Math.min(1, share)) * 100).toFixed(2)}%`;
  return { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) };
}
