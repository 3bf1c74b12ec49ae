/** Calendars as .ics files, and secret addresses that other calendar programs subscribe to. */

import { id, request } from "./client";
import { allPages } from "./paging";
import type { Page } from "./types";
import { sendFile } from "./upload";

export interface Imported {
  added: number;
  changed: number;
  /** How many of the imported times to come meet something busy that was there before. */
  conflicts: number;
  problems: { line: number; uid: string; sentence: string }[];
}

export interface Feed {
  id: string;
  name: string;
  with_people: boolean;
  with_details: boolean;
  owner: { id: string; name: string };
  last_used_at: string | null;
}

export interface NewFeed {
  name: string;
  with_people: boolean;
  with_details: boolean;
}

const FEEDS = "/api/calendar/feeds";

export const files = {
  exported: "/api/calendar/export.ics",
  import: (file: File, calendar: string) =>
    sendFile<Imported>(`/api/calendar/import${calendar ? `?calendar_id=${id(calendar)}` : ""}`, file, {
      onProgress: () => undefined,
    }),
  feeds: () =>
    allPages((cursor) => request<Page<Feed>>("GET", `${FEEDS}?limit=200${cursor ? `&cursor=${id(cursor)}` : ""}`)),
  /** `url` is told this once. */
  make: (feed: NewFeed) => request<Feed & { url: string }>("POST", FEEDS, feed),
  end: (feed: string) => request<unknown>("DELETE", `${FEEDS}/${id(feed)}`),
};
