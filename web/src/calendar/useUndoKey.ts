/** Ctrl+Z or ⌘Z takes back the last change, unless somebody writes or has a window open. */

import { useEffect, useRef } from "react";

export function useUndoKey(undo: (() => void) | undefined): void {
  const latest = useRef(undo);
  latest.current = undo;
  useEffect(() => {
    const press = (key: KeyboardEvent) => {
      if (!(key.ctrlKey || key.metaKey) || key.shiftKey || key.altKey || key.key.toLowerCase() !== "z") return;
      if (key.target instanceof Element && key.target.closest("input, textarea, select, dialog")) return;
      if (!latest.current) return;
      key.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
