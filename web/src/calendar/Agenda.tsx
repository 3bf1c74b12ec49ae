/** The week as a list, for narrow screens. */

import type { CalendarEvent } from "../api/types";
import { format, sameDay, timeRange } from "./dates";
import { allDayOf, placeDay } from "./layout";

interface Props {
  days: Date[];
  events: CalendarEvent[];
  onOpen: (event: CalendarEvent) => void;
}

export function Agenda({ days, events, onOpen }: Props) {
  const today = new Date();
  const filled = days
    .map((day) => ({ day, list: [...allDayOf(events, day), ...placeDay(events, day).map((one) => one.event)] }))
    .filter(({ day, list }) => list.length > 0 || sameDay(day, today));
  if (filled.length === 0) return <p className="muted empty">Nothing this week.</p>;
  return (
    <div className="agenda">
      {filled.map(({ day, list }) => (
        <section key={day.toISOString()} aria-label={format(day, { weekday: "long", month: "long", day: "numeric" })}>
          <h2 className={sameDay(day, today) ? "today" : ""}>
            <b>{day.getDate()}</b> {format(day, { weekday: "long" })}
          </h2>
          {list.length === 0 && <p className="muted small">Nothing today.</p>}
          {list.map((event) => (
            <button type="button" className="agenda-row" key={event.id + event.start} onClick={() => onOpen(event)}>
              <strong>{event.summary}</strong>
              <span className="muted small">{timeRange(event)}</span>
            </button>
          ))}
        </section>
      ))}
    </div>
  );
}
