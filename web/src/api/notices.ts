/** What one is told of one's calendar: the day's briefing, what was told lately, what to tell and when not. */

import type { DayName, Span } from "./calendar";
import { id, request } from "./client";
import type { CalendarEvent, Page } from "./types";

export type Way = "page" | "mail";
export type NoticeKind = "starting_soon" | "double_booked" | "travel" | "briefing";

/** Clocks are "07:00", null for never; what is left out when it is sent is off. */
export interface NoticeSettings {
  briefing_at: string | null;
  briefing_days: DayName[];
  briefing_by: Way[];
  heads_up_min: number | null;
  conflicts: boolean;
  travel: boolean;
  notices_by: Way[];
  quiet_from: string | null;
  quiet_to: string | null;
  quiet_heads_up: boolean;
}

/** `at`: when what it is about begins; `event_id` is null for a briefing. */
export interface Notice {
  id: string;
  kind: NoticeKind;
  text: string;
  event_id: string | null;
  at: string;
  created_at: string;
}

export interface Briefing {
  date: string;
  timezone: string;
  spoken: string;
  events: CalendarEvent[];
  over: number;
  gaps: Span[];
  double_booked: string[];
  travel: string[];
}

const NOTICES = "/api/calendar/notices";

export const notices = {
  list: () => request<Page<Notice>>("GET", `${NOTICES}?limit=50`),
  settings: () => request<NoticeSettings>("GET", `${NOTICES}/settings`),
  set: (wanted: NoticeSettings) => request<NoticeSettings>("PUT", `${NOTICES}/settings`, wanted),
  /** `day` missing: today, on the clock of `timezone`. */
  briefing: (timezone: string, day?: string) =>
    request<Briefing>("GET", `/api/calendar/briefing?timezone=${id(timezone)}${day ? `&date=${id(day)}` : ""}`),
};
