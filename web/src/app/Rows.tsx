/**
 * A list whose rows can go away. The focus that was in a removed row goes to the row in its place, or else to what
 * names the list; left alone, the browser would drop it to the top of the page.
 */

import { type ReactNode, useEffect, useRef } from "react";

export function Rows({ className = "rows", children }: { className?: string; children: ReactNode }) {
  const list = useRef<HTMLUListElement>(null);
  const held = useRef<{ row: Element; index: number }>(undefined);
  // After every drawing: rows come and go with whatever their owner loads.
  useEffect(() => {
    const { row, index } = held.current ?? {};
    if (!list.current || !row || index === undefined || row.isConnected) return;
    held.current = undefined;
    if (document.activeElement && document.activeElement !== document.body) return;
    const rows = [...list.current.children];
    const next = rows[Math.min(index, rows.length - 1)] ?? nameOf(list.current);
    if (!(next instanceof HTMLElement)) return;
    if (next.tabIndex < 0) next.tabIndex = -1;
    next.focus();
  });
  return (
    <ul
      ref={list}
      className={className}
      onFocus={(focus) => {
        const index = [...focus.currentTarget.children].findIndex((row) => row.contains(focus.target));
        const row = focus.currentTarget.children[index];
        held.current = row && { row, index };
      }}
    >
      {children}
    </ul>
  );
}

function nameOf(list: Element): Element | null | undefined {
  return list.closest("section, .page")?.querySelector("h1, h2, button, input");
}
