/** The animated loop around the Talk button; its shape follows whoever is speaking. Decoration: hidden from readers. */

import { useEffect, useRef } from "react";
import { drawLoop, LOOKS, type LoopLook, mix } from "./loop";
import { everyFrame, type ReadLevel } from "./useLevel";

interface Props {
  state: string;
  agentLevel: ReadLevel;
  micLevel: ReadLevel;
}

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export function Orb({ state, agentLevel, micLevel }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const wanted = useRef(state);
  wanted.current = state;

  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext("2d");
    if (!element || !pen) return;
    let look: LoopLook = LOOKS[wanted.current] ?? (LOOKS.idle as LoopLook);
    let phase = 0;
    let level = 0;
    let before = 0;
    return everyFrame((now) => {
      const passed = Math.min(0.1, now - before);
      before = now;
      const size = sizeOf(element);
      const heard = wanted.current === "speaking" ? agentLevel() : wanted.current === "listening" ? micLevel() : 0;
      level += (heard - level) * (heard > level ? 0.45 : 0.14);
      look = mix(look, LOOKS[wanted.current] ?? look, 0.09);
      if (!calm()) phase += passed * (look.speed + level * 1.2);
      const dark = document.documentElement.dataset.theme === "dark";
      drawLoop(pen, size, look, phase, calm() ? 0 : level, dark);
    });
  }, [agentLevel, micLevel]);

  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabindex takes no focus
  return <canvas ref={canvas} className="orb" aria-hidden="true" />;
}

function sizeOf(element: HTMLCanvasElement): number {
  const size = Math.round(element.clientWidth * Math.min(2, window.devicePixelRatio || 1));
  if (element.width !== size) {
    element.width = size;
    element.height = size;
  }
  return size;
}
