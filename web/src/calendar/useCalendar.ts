/** What the page shows: events of the days in sight, whose calendars, what clashes; renewed as things happen. */

import { useMemo } from "react";
import { type Calendar, type Conflict, calendar } from "../api/calendar";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { CalendarEvent } from "../api/types";
import { useResource } from "../api/useResource";
import { conflictLines } from "./conflicts";

export interface CalendarData {
  events: CalendarEvent[];
  calendars: Calendar[];
  clashes: Conflict[];
  /** By an event's id, what it clashes with as lines. */
  conflicts: Map<string, string[]>;
  error: string | undefined;
  loaded: boolean;
  reload: () => void;
  reloadCalendars: () => void;
}

const NOTHING: never[] = [];

export function useCalendar(from: Date, to: Date): CalendarData {
  const key = `${from.toISOString()}/${to.toISOString()}`;
  const events = useResource(() => api.events(from, to), key);
  const clashes = useResource(() => calendar.conflicts(from, to), key);
  const calendars = useResource(calendar.calendars, "calendars");
  const reload = () => {
    events.reload();
    clashes.reload();
  };
  const reloadCalendars = () => {
    calendars.reload();
    reload();
  };
  useLive(["event.", "calendar_preferences.", "calendar_write."], reload);
  useLive(["calendar.updated", "calendar_account."], reloadCalendars);
  const rows = calendars.data?.items ?? NOTHING;
  const found = events.data?.items;
  const shown = useMemo(() => {
    const hidden = new Set(rows.filter((one) => one.hidden).map((one) => one.id));
    return (found ?? NOTHING).filter((one) => !one.calendar_id || !hidden.has(one.calendar_id));
  }, [found, rows]);
  const clashing = clashes.data?.conflicts ?? NOTHING;
  const conflicts = useMemo(() => conflictLines(clashing), [clashing]);
  return {
    events: shown,
    calendars: rows,
    clashes: clashing,
    conflicts,
    error: events.error ?? calendars.error,
    loaded: events.data !== undefined,
    reload,
    reloadCalendars,
  };
}
