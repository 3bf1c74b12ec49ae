/** Every request of the page: same origin, session cookie, and the header that proves a write came from this page. */

import { ApiError, errorFromAnswer, unreachable } from "./errors";
import { allPages } from "./paging";
import type { CalendarEvent, Conversation, LatencyDays, Me, Message, Page, Persona, TokenAnswer } from "./types";

const HEADERS = { "X-VoiceLoop": "1", Accept: "application/json" };

/** `tenant/user` whom the page shows: a write is refused when another tab has signed somebody else in. */
let person: string | undefined;
export function actAs(shown: string | undefined): void {
  person = shown;
}

export function headersOf(method: string): Record<string, string> {
  return person && method !== "GET" ? { ...HEADERS, "X-VoiceLoop-Person": person } : HEADERS;
}

/** `outlives`: it is still sent when the page is closed at this moment. */
export async function request<T>(method: string, path: string, body?: unknown, outlives = false): Promise<T> {
  const { text } = await send(method, path, body, outlives);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** For answers without a body that say something in a header. */
export async function headerOf(header: string, method: string, path: string): Promise<string | undefined> {
  return (await send(method, path)).headers.get(header) ?? undefined;
}

async function send(method: string, path: string, body?: unknown, outlives = false) {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      keepalive: outlives,
      headers: { ...headersOf(method), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw unreachable();
  }
  const text = await answer.text();
  if (!answer.ok) throw refused(errorFromAnswer(answer.status, text, answer.headers.get("Retry-After")));
  return { text, headers: answer.headers };
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

export function refused(error: ApiError): ApiError {
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
  events: (from: Date, to: Date) =>
    allPages((cursor) =>
      request<Page<CalendarEvent>>(
        "GET",
        `/api/calendar/events?from=${id(from.toISOString())}&to=${id(to.toISOString())}&limit=200${after(cursor)}`,
      ),
    ),
  conversations: (cursor?: string) => request<Page<Conversation>>("GET", `/api/conversations?limit=50${after(cursor)}`),
  conversation: (conversation: string) => request<Conversation>("GET", `/api/conversations/${id(conversation)}`),
  latency: () => request<LatencyDays>("GET", "/api/latency?days=30"),
  messages: (conversation: string) =>
    allPages((cursor) =>
      request<Page<Message>>("GET", `/api/conversations/${id(conversation)}/messages?limit=200${after(cursor)}`),
    ),
};
