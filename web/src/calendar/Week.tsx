/** Seven days side by side with the hours down the left. */

import type { CSSProperties } from "react";
import type { CalendarEvent } from "../api/types";
import { clock, format, sameDay } from "./dates";
import { allDayOf, hoursFor, type Placed, placeDay } from "./layout";

interface Props {
  days: Date[];
  events: CalendarEvent[];
  onOpen: (event: CalendarEvent) => void;
}

export function Week({ days, events, onOpen }: Props) {
  const placed = days.map((day) => placeDay(events, day));
  const { first, last } = hoursFor(placed);
  const hours = Array.from({ length: last - first }, (_, index) => first + index);
  const today = new Date();
  return (
    <div className="week" style={{ "--hours": hours.length } as CSSProperties}>
      <div className="week-head">
        <span />
        {days.map((day) => (
          <div key={day.toISOString()} className={sameDay(day, today) ? "day-name today" : "day-name"}>
            <span>{format(day, { weekday: "short" })}</span>
            <b>{day.getDate()}</b>
            {allDayOf(events, day).map((event) => (
              <button type="button" className="all-day" key={event.id} onClick={() => onOpen(event)}>
                {event.summary}
              </button>
            ))}
          </div>
        ))}
      </div>
      <div className="week-body">
        <div className="hours" aria-hidden="true">
          {hours.map((hour) => (
            <span key={hour}>{format(new Date(2026, 0, 5, hour), { hour: "numeric" })}</span>
          ))}
        </div>
        {days.map((day, index) => (
          <div key={day.toISOString()} className={sameDay(day, today) ? "day today" : "day"}>
            {sameDay(day, today) && <Now first={first} last={last} />}
            {placed[index]?.map((one) => (
              <Block key={`${one.event.id}-${one.event.start}`} placed={one} first={first} onOpen={onOpen} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function Block({ placed, first, onOpen }: { placed: Placed; first: number; onOpen: Props["onOpen"] }) {
  const { event, from, to, column, columns } = placed;
  const style = {
    "--from": (from - first * 60) / 60,
    "--length": (to - from) / 60,
    "--column": column / columns,
    "--share": 1 / columns,
  } as CSSProperties;
  const label = `${event.summary}, ${format(new Date(event.start), { weekday: "long" })} ${clock(event.start)} to ${clock(event.end)}`;
  return (
    <button
      type="button"
      className={`block ${to - from <= 40 ? "block-short" : to - from <= 75 ? "block-tight" : ""}`}
      data-testid="calendar-event"
      style={style}
      aria-label={label}
      onClick={() => onOpen(event)}
    >
      <strong>{event.summary}</strong>
      <span>{clock(event.start)}</span>
    </button>
  );
}

function Now({ first, last }: { first: number; last: number }) {
  const now = new Date();
  const at = now.getHours() + now.getMinutes() / 60;
  if (at < first || at > last) return null;
  return <i className="now" style={{ "--from": at - first } as CSSProperties} />;
}
