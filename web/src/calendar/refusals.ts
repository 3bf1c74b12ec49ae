/** What the server says beside a refusal: what is in the way and when it is free, or which dates of a series clash. */

import type { SeriesClashes, Span, Taken } from "../api/calendar";
import { ApiError } from "../api/errors";

export function takenOf(error: unknown): Taken | undefined {
  if (!(error instanceof ApiError) || error.code !== "time_taken") return undefined;
  const { clash, alternatives } = error.details as Partial<Taken>;
  return clash ? { clash, alternatives: alternatives ?? [] } : undefined;
}

export function clashesOf(error: unknown): SeriesClashes | undefined {
  if (!(error instanceof ApiError) || error.code !== "series_clashes") return undefined;
  const { total, clashes } = error.details as Partial<SeriesClashes>;
  return clashes ? { total: total ?? clashes.length, clashes } : undefined;
}

/** Whether there is something to choose from, so that a sentence alone would not do. */
export function offers(error: unknown): boolean {
  return takenOf(error) !== undefined || clashesOf(error) !== undefined;
}

export const lengthOf = ({ start, end }: Span) => Date.parse(end) - Date.parse(start);
