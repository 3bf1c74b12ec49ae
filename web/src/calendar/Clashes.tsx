/** What is double-booked in the week: its columns are too narrow for whole sentences. */

import type { CalendarEvent } from "../api/types";
import { WarningIcon } from "../app/icons";
import { format } from "./dates";

interface Props {
  events: CalendarEvent[];
  conflicts: Map<string, string[]>;
  onOpen: (event: CalendarEvent) => void;
}

const MOST = 4;

export function Clashes({ events, conflicts, onOpen }: Props) {
  const clashing = events.filter((one) => conflicts.has(one.id));
  if (clashing.length === 0) return null;
  return (
    <ul className="clash-list" aria-label="Conflicts" data-testid="calendar-clashes">
      {clashing.slice(0, MOST).map((event) => (
        <li key={event.id}>
          <button type="button" className="clash-line" onClick={() => onOpen(event)}>
            <WarningIcon />
            <span>
              {format(new Date(event.start), { weekday: "short" })}, {event.summary}:{" "}
              {conflicts.get(event.id)?.join(". ")}
            </span>
          </button>
        </li>
      ))}
      {clashing.length > MOST && <li className="small muted">And {clashing.length - MOST} more, marked below.</li>}
    </ul>
  );
}
