/** How long a key may live; counted from now, so that the choice is understood at once. */

export const EXPIRIES = [
  { name: "30 days", days: 30 },
  { name: "90 days", days: 90 },
  { name: "1 year", days: 365 },
  { name: "Never", days: 0 },
] as const;

/** RFC 3339, or undefined for a key that never expires. */
export function expiryOf(days: number, now: Date): string | undefined {
  return days > 0 ? new Date(now.getTime() + days * 86_400_000).toISOString() : undefined;
}
