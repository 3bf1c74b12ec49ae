/** One error type for the page: its message is a plain sentence that can be shown as it is. */

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string = "unknown",
    readonly requestId?: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

const BY_STATUS: Record<number, string> = {
  401: "You are signed out. Reload the page to sign in again.",
  403: "You are not allowed to do that.",
  404: "That is not there any more.",
  409: "That clashes with something that changed in the meantime.",
  413: "That file is too large.",
  415: "That kind of file cannot be read.",
  429: "Too many requests at once. Wait a moment and try again.",
};

/** Turns an RFC 9457 answer (or anything a proxy may send instead) into an ApiError with a readable sentence. */
export function errorFromAnswer(status: number, body: string): ApiError {
  const fallback =
    BY_STATUS[status] ?? (status >= 500 ? "The server had a problem. Try again in a moment." : undefined);
  const problem = parseProblem(body);
  const message = problem?.detail || fallback || problem?.title || `The server refused this (${status}).`;
  return new ApiError(message, status, problem?.code, problem?.request_id);
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

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  request_id?: string;
}

function parseProblem(body: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return undefined;
    const fields = value as Record<string, unknown>;
    const text = (key: string) => (typeof fields[key] === "string" ? (fields[key] as string) : undefined);
    return { title: text("title"), detail: text("detail"), code: text("code"), request_id: text("request_id") };
  } catch {
    return undefined;
  }
}
