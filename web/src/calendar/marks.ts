/** What is to be said beside an event that is no conflict: it waits for its provider, one was told of it. Pure. */

import type { Calendar } from "../api/calendar";
import type { Account } from "../api/calendarAccounts";
import type { CalendarEvent } from "../api/types";
import { PROVIDERS } from "./panel/words";

export interface Mark {
  kind: "waiting" | "failed" | "told";
  text: string;
}
export type Marks = ReadonlyMap<string, Mark[]>;

interface Known {
  calendars: readonly Calendar[];
  accounts: readonly Account[];
  /** By an event's id, what one was told of it. */
  told: ReadonlyMap<string, string>;
  now: Date;
}

export function marksOf(events: readonly CalendarEvent[], known: Known): Marks {
  const marks = events.map((event): [string, Mark[]] => [
    event.id,
    [...deliveryOf(event, known), ...toldOf(event, known)],
  ]);
  return new Map(marks.filter(([, list]) => list.length > 0));
}

function deliveryOf(event: CalendarEvent, { calendars, accounts }: Known): Mark[] {
  if (event.delivery !== "queued" && event.delivery !== "failed") return [];
  const account = calendars.find((one) => one.id === event.calendar_id)?.account_id;
  const provider = accounts.find((one) => one.id === account)?.provider;
  const name = provider ? PROVIDERS[provider] : "the connected calendar";
  return event.delivery === "queued"
    ? [{ kind: "waiting", text: `Waiting for ${name}` }]
    : [{ kind: "failed", text: `Refused by ${name}` }];
}

function toldOf(event: CalendarEvent, { told, now }: Known): Mark[] {
  const text = new Date(event.end) > now ? told.get(event.id) : undefined;
  return text ? [{ kind: "told", text: `You were told: ${text}` }] : [];
}
