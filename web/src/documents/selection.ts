/** Which rows are chosen, as people know it from file managers: one, a range with Shift, all. Pure. */

export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins. */
  anchor: string | undefined;
}

export const NONE: Selection = { ids: new Set(), anchor: undefined };

export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id };
}

/** From the anchor to `id`, both included, added to what was chosen. */
export function extend(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = order.indexOf(selection.anchor ?? id);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return toggle(selection, id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...selection.ids, ...range]), anchor: selection.anchor ?? id };
}

export function all(order: readonly string[]): Selection {
  return { ids: new Set(order), anchor: order[0] };
}

/** Only what can still be seen: what a filter or a deletion took away is acted on by nobody. */
export function within(selection: Selection, order: readonly string[]): string[] {
  return order.filter((id) => selection.ids.has(id));
}
