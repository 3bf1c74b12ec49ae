/** Up, Down, Home and End go from title to title, so that a long list needs no Tab through every button. */

import type { KeyboardEvent } from "react";

/** The ids of the rows the focus left and went to; undefined when it did not move. */
export function moveFocus(event: KeyboardEvent): { from: string; to: string } | undefined {
  const step = { ArrowDown: 1, ArrowUp: -1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement)) return undefined;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-testid=file-row]")];
  const here = rows.findIndex((row) => row.contains(event.target as Node));
  const row = rows[Math.max(0, Math.min(rows.length - 1, here + step))];
  if (here < 0 || !row) return undefined;
  event.preventDefault();
  row.querySelector<HTMLElement>("[data-testid=file-open]")?.focus();
  return { from: rows[here]?.dataset.id ?? "", to: row.dataset.id ?? "" };
}
