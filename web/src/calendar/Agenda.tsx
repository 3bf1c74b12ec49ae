/** Days as a list; also the week on narrow screens. */

import type { Calendar } from "../api/calendar";
import type { CalendarEvent } from "../api/types";
import { WarningIcon } from "../app/icons";
import { colored } from "./colors";
import { attendeeNames, format, sameDay, timeRange } from "./dates";
import { allDayOf, placeDay } from "./layout";
import { MarkLine } from "./MarkLine";
import type { Marks } from "./marks";

interface Props {
  days: Date[];
  events: CalendarEvent[];
  calendars: Calendar[];
  conflicts: Map<string, string[]>;
  marks: Marks;
  onOpen: (event: CalendarEvent) => void;
}

export function Agenda({ days, events, calendars, conflicts, marks, onOpen }: Props) {
  const today = new Date();
  const filled = days
    .map((day) => ({ day, list: [...allDayOf(events, day), ...placeDay(events, day).map((one) => one.event)] }))
    .filter(({ day, list }) => list.length > 0 || sameDay(day, today));
  if (filled.length === 0) return <p className="muted empty">Nothing on these days.</p>;
  return (
    <div className="agenda" data-testid="calendar-agenda">
      {filled.map(({ day, list }) => (
        <section key={day.toISOString()} aria-label={format(day, { weekday: "long", month: "long", day: "numeric" })}>
          <h2 className={sameDay(day, today) ? "today" : ""}>
            <b>{day.getDate()}</b> {format(day, { weekday: "long" })}{" "}
            <span className="muted">{format(day, { month: "long" })}</span>
          </h2>
          {list.length === 0 && <p className="muted small">Nothing today.</p>}
          {list.map((event) => (
            <button
              type="button"
              className="agenda-row"
              data-testid="calendar-event"
              key={event.id + event.start}
              style={colored(calendars, event.calendar_id)}
              onClick={() => onOpen(event)}
            >
              <strong>{event.summary}</strong>
              <span className="muted small">{[timeRange(event), event.location].filter(Boolean).join(" · ")}</span>
              {attendeeNames(event) && <span className="muted small">With {attendeeNames(event)}</span>}
              {conflicts.get(event.id)?.map((line) => (
                <span className="clash-line small" key={line}>
                  <WarningIcon /> {line}
                </span>
              ))}
              {marks.get(event.id)?.map((mark) => (
                <MarkLine key={mark.kind} mark={mark} />
              ))}
            </button>
          ))}
        </section>
      ))}
    </div>
  );
}
