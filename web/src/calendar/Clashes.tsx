/** What is double-booked in the week: its columns are too narrow for whole sentences. */

import type { Conflict } from "../api/calendar";
import type { CalendarEvent } from "../api/types";
import { WarningIcon } from "../app/icons";
import { clashLines } from "./conflicts";
import { format } from "./dates";

interface Props {
  events: CalendarEvent[];
  clashes: Conflict[];
  onOpen: (event: CalendarEvent) => void;
}

const MOST = 4;

export function Clashes({ events, clashes, onOpen }: Props) {
  const found = clashLines(clashes).flatMap((line) => {
    const event = events.find((one) => one.id === line.event_id);
    return event ? [{ line, event }] : [];
  });
  if (found.length === 0) return null;
  return (
    <ul className="clash-list" aria-label="Conflicts" data-testid="calendar-clashes">
      {found.slice(0, MOST).map(({ line, event }) => (
        <li key={line.event_id + line.text}>
          <button type="button" className="clash-line" onClick={() => onOpen(event)}>
            <WarningIcon />
            <span>
              {format(new Date(line.start), { weekday: "long" })}: {line.text}
            </span>
          </button>
        </li>
      ))}
      {found.length > MOST && <li className="small muted">And {found.length - MOST} more, marked below.</li>}
    </ul>
  );
}
