/** What the assistant says to a click on "Book it" or "Don't": taken, or refused with the reason. */

/** The reason why the answer was not taken; undefined when it was. `raw` is the RPC's JSON: `{ok, reason?}`. */
export function whyRefused(raw: string): string | undefined {
  const answer = parse(raw);
  if (answer.ok !== false) return undefined;
  return typeof answer.reason === "string" && answer.reason ? answer.reason : "This question is no longer open.";
}

function parse(raw: string): { ok?: unknown; reason?: unknown } {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
