/** One error type for the page: its message is a plain sentence that can be shown as it is. */

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string = "unknown",
    readonly requestId?: string,
    /** Whole seconds to wait before trying again, when the server named them. */
    readonly retryAfterS?: number,
    /** What the server tells programs beside the sentence, such as the tenants to choose from. */
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

const BY_STATUS: Record<number, string> = {
  401: "You are signed out. Sign in again; what you typed is kept.",
  403: "You are not allowed to do that.",
  404: "That is not there any more.",
  409: "That clashes with something that changed in the meantime.",
  413: "That file is too large.",
  415: "That kind of file cannot be read.",
  429: "Too many requests at once. Wait a moment and try again.",
};

/** Turns an RFC 9457 answer (or anything a proxy may send instead) into an ApiError with a readable sentence. */
export function errorFromAnswer(status: number, body: string, retryAfter?: string | null): ApiError {
  const fallback =
    BY_STATUS[status] ?? (status >= 500 ? "The server had a problem. Try again in a moment." : undefined);
  const fields = parseProblem(body);
  const text = (key: string) => (typeof fields?.[key] === "string" ? (fields[key] as string) : undefined);
  const message = text("detail") || fallback || text("title") || `The server refused this (${status}).`;
  return new ApiError(message, status, text("code"), text("request_id"), secondsOf(retryAfter), fields);
}

export function unreachable(): ApiError {
  return new ApiError(
    "VoiceLoop's server cannot be reached. Check that it is running, then try again.",
    0,
    "unreachable",
  );
}

export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof Error && error.message) return error.message;
  return "Something went wrong. Try again.";
}

function parseProblem(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** `Retry-After` as seconds; its other form, a date, is not sent by the sidecar. */
function secondsOf(header: string | null | undefined): number | undefined {
  const seconds = header ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : undefined;
}
