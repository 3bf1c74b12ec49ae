/** Periods to look back over; days are the browser's. Pure. */

export const PERIODS = [
  { name: "Any time", days: 0 },
  { name: "Today", days: 1 },
  { name: "Last 7 days", days: 7 },
  { name: "Last 30 days", days: 30 },
  { name: "Last 90 days", days: 90 },
] as const;

/** The start of the period as RFC 3339, undefined for any time; 1 day is today since midnight. */
export function startOf(days: number, now: Date): string | undefined {
  if (days <= 0) return undefined;
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - (days - 1)).toISOString();
}
