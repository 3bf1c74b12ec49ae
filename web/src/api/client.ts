/** Every request of the page: same origin, session cookie, and the header that proves a write came from this page. */

import { ApiError, errorFromAnswer, unreachable } from "./errors";
import { allPages } from "./paging";
import type {
  Analysis,
  CalendarEvent,
  Conversation,
  FileRow,
  Me,
  Message,
  Page,
  Persona,
  SearchAnswer,
  TokenAnswer,
} from "./types";

const HEADERS = { "X-VoiceLoop": "1", Accept: "application/json" };

/** `tenant/user` whom the page shows: a write is refused when another tab has signed somebody else in. */
let person: string | undefined;
export function actAs(shown: string | undefined): void {
  person = shown;
}

function headersOf(method: string): Record<string, string> {
  return person && method !== "GET" ? { ...HEADERS, "X-VoiceLoop-Person": person } : HEADERS;
}

export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: { ...headersOf(method), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw unreachable();
  }
  const text = await answer.text();
  if (!answer.ok) throw refused(errorFromAnswer(answer.status, text, answer.headers.get("Retry-After")));
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Who hears that the session is over; wrong words at the sign-in are no such news. */
let signedOut: () => void = () => undefined;
export function whenSignedOut(listener: () => void): void {
  signedOut = listener;
}

/** Who hears that the cookie stands for somebody else by now. */
let otherPerson: () => void = () => undefined;
export function whenOtherPerson(listener: () => void): void {
  otherPerson = listener;
}

function refused(error: ApiError): ApiError {
  if (error.code === "other_person") otherPerson();
  if (isSignedOut(error)) signedOut();
  return error;
}

/** `not_local`: the session of this machine's owner was carried elsewhere, where it counts for nobody. */
export function isSignedOut(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return (error.status === 401 && error.code !== "wrong_credentials") || error.code === "not_local";
}

export const id = encodeURIComponent;
const after = (cursor: string | undefined) => (cursor ? `&cursor=${id(cursor)}` : "");

export const api = {
  me: () => request<Me>("GET", "/api/me"),
  personas: () => request<Page<Persona>>("GET", "/api/personas"),
  token: (persona: string | undefined, timezone: string) =>
    request<TokenAnswer>("POST", "/api/token", {
      ...(persona ? { persona } : {}),
      participant_attributes: { "voiceloop.timezone": timezone },
    }),
  files: () => allPages((cursor) => request<Page<FileRow>>("GET", `/api/files?limit=200${after(cursor)}`)),
  analyseFile: (upload: string) =>
    request<{ job_id?: string; analysis?: Analysis }>("POST", `/api/files/${id(upload)}/analyze`),
  confirmFile: (upload: string, save: boolean) =>
    request<unknown>("POST", `/api/files/${id(upload)}/confirm-rag`, { save_to_rag: save }),
  deleteFile: (upload: string) => request<unknown>("DELETE", `/api/files/${id(upload)}`),
  search: (query: string) => request<SearchAnswer>("POST", "/api/knowledge/search", { query, limit: 8 }),
  events: (from: Date, to: Date) =>
    allPages((cursor) =>
      request<Page<CalendarEvent>>(
        "GET",
        `/api/calendar/events?from=${id(from.toISOString())}&to=${id(to.toISOString())}&limit=200${after(cursor)}`,
      ),
    ),
  conversations: (cursor?: string) => request<Page<Conversation>>("GET", `/api/conversations?limit=50${after(cursor)}`),
  conversation: (conversation: string) => request<Conversation>("GET", `/api/conversations/${id(conversation)}`),
  messages: (conversation: string) =>
    allPages((cursor) =>
      request<Page<Message>>("GET", `/api/conversations/${id(conversation)}/messages?limit=200${after(cursor)}`),
    ),
};

/** Uploads one file; XMLHttpRequest because fetch cannot report how much has been sent. `onProgress` gets 0-1. */
export function uploadFile(file: File, onProgress: (share: number) => void, signal?: AbortSignal): Promise<FileRow> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", "/api/files/upload");
    for (const [name, value] of Object.entries(headersOf("POST"))) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(JSON.parse(xhr.responseText) as FileRow);
      else reject(refused(errorFromAnswer(xhr.status, xhr.responseText, xhr.getResponseHeader("Retry-After"))));
    };
    xhr.onerror = () => reject(unreachable());
    xhr.onabort = () => reject(new ApiError("The upload was stopped.", 0, "aborted"));
    signal?.addEventListener("abort", () => xhr.abort());
    const form = new FormData();
    form.append("file", file, file.name);
    xhr.send(form);
  });
}
