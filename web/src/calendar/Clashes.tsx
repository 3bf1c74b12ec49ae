/** What is double-booked in the week: its columns are too narrow for whole sentences. */

import type { Conflict } from "../api/calendar";
import type { CalendarEvent } from "../api/types";
import { WarningIcon } from "../app/icons";
import { format } from "./dates";

interface Props {
  events: CalendarEvent[];
  clashes: Conflict[];
  onOpen: (event: CalendarEvent) => void;
}

const MOST = 4;

export function Clashes({ events, clashes, onOpen }: Props) {
  const found = clashes.flatMap((clash) => {
    const event = events.find((one) => one.id === clash.first.event_id);
    return event ? [{ clash, event }] : [];
  });
  if (found.length === 0) return null;
  return (
    <ul className="clash-list" aria-label="Conflicts" data-testid="calendar-clashes">
      {found.slice(0, MOST).map(({ clash, event }) => (
        <li key={`${event.id} ${clash.second.event_id}`}>
          <button type="button" className="clash-line" onClick={() => onOpen(event)}>
            <WarningIcon />
            <span>
              {format(new Date(clash.first.start), { weekday: "long" })}: {event.summary},{" "}
              {clash.kind === "overlap"
                ? `double-booked with ${clash.second.summary}`
                : `${clash.short_min} min too little to get to ${clash.second.summary}`}
            </span>
          </button>
        </li>
      ))}
      {found.length > MOST && <li className="small muted">And {found.length - MOST} more, marked below.</li>}
    </ul>
  );
}
