/** Seven days side by side with the hours down the left. */

import { type CSSProperties, useRef } from "react";
import type { Calendar, Span } from "../../api/calendar";
import type { CalendarEvent } from "../../api/types";
import { WarningIcon } from "../../app/icons";
import { colored } from "../colors";
import { clock, format, sameDay } from "../dates";
import { allDayOf, hoursFor, type Placed, placeDay } from "../layout";
import { MarkIcon } from "../MarkLine";
import type { Mark, Marks } from "../marks";
import { instantAt, type Place } from "../snapping";
import { Block } from "./Block";
import { type Drag, useDrag } from "./useDrag";
import { useKeyMove } from "./useKeyMove";

interface Props {
  days: Date[];
  events: CalendarEvent[];
  calendars: Calendar[];
  conflicts: Map<string, string[]>;
  marks: Marks;
  /** Whether this person may change an event; without one: whether they may make one. */
  writable: (event?: CalendarEvent) => boolean;
  onOpen: (event: CalendarEvent) => void;
  onMove: (event: CalendarEvent, span: Span) => void;
  onNew: (start: Date, minutes: number) => void;
}

export function Week({ days, events, calendars, conflicts, marks, writable, onOpen, onMove, onNew }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const placed = days.map((day) => placeDay(events, day));
  const { first, last } = hoursFor(placed);
  const { drag, begin, wasDropped } = useDrag({ box, days, firstHour: first, lastHour: last, onMove, onNew });
  const keys = useKeyMove({ box, days, onMove });
  const shown = drag ?? keys.moving;
  const hours = Array.from({ length: last - first }, (_, index) => first + index);
  const today = new Date();
  const block = (one: Placed, day: Date, index: number) => {
    const before = placeOf(one, day, index);
    return (
      <Block
        key={`${one.event.id}-${one.event.start}`}
        placed={one}
        firstHour={first}
        color={colored(calendars, one.event.calendar_id)}
        conflicts={conflicts.get(one.event.id) ?? []}
        marks={marks.get(one.event.id) ?? []}
        dimmed={shown?.event?.id === one.event.id}
        movable={writable(one.event)}
        stretchable={writable(one.event) && sameDay(new Date(one.event.end), day)}
        onOpen={() => !wasDropped() && onOpen(one.event)}
        onGrip={(grip, pointer) => begin(grip, pointer, one.event, before)}
        onKey={(key) => keys.onKey(key, one.event, before)}
        onLeave={keys.leave}
      />
    );
  };
  return (
    <div className={drag ? "week week-dragging" : "week"} style={{ "--hours": hours.length } as CSSProperties}>
      <div className="week-head">
        <span />
        {days.map((day) => (
          <div key={day.toISOString()} className={sameDay(day, today) ? "cal-day-name today" : "cal-day-name"}>
            <span>{format(day, { weekday: "short" })}</span>
            <b>{day.getDate()}</b>
            {allDayOf(events, day).map((event) => (
              <button
                type="button"
                className="all-day"
                data-testid="calendar-event"
                aria-label={labelOf(event, conflicts.get(event.id), marks.get(event.id))}
                key={event.id}
                style={colored(calendars, event.calendar_id)}
                onClick={() => onOpen(event)}
              >
                {conflicts.has(event.id) && <WarningIcon />}
                {marks.get(event.id)?.map(({ kind }) => (
                  <MarkIcon key={kind} kind={kind} />
                ))}
                {event.summary}
              </button>
            ))}
          </div>
        ))}
      </div>
      <p className="visually-hidden" role="status">
        {keys.told}
      </p>
      <div className="week-body">
        <div className="hours" aria-hidden="true">
          {hours.map((hour) => (
            <span key={hour}>{format(new Date(2026, 0, 5, hour), { hour: "numeric" })}</span>
          ))}
        </div>
        <div className="cal-days" ref={box} data-testid="calendar-days">
          {days.map((day, index) => (
            <div
              key={day.toISOString()}
              className={sameDay(day, today) ? "cal-day today" : "cal-day"}
              onPointerDown={(pointer) =>
                pointer.target === pointer.currentTarget && writable() && begin("new", pointer)
              }
            >
              {sameDay(day, today) && <Now first={first} last={last} />}
              {placed[index]?.map((one) => block(one, day, index))}
              {shown?.place.day === index && (
                <Ghost drag={shown} day={day} first={first} color={colored(calendars, shown.event?.calendar_id)} />
              )}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Where an event lies by its own times, which may be shorter than it is drawn. */
function placeOf({ event, from, to }: Placed, day: Date, index: number): Place {
  const end = new Date(event.end);
  return { day: index, from, to: sameDay(end, day) ? end.getHours() * 60 + end.getMinutes() : to };
}

/** Where the pointer would drop it. */
function Ghost({
  drag,
  day,
  first,
  color,
}: {
  drag: Pick<Drag, "event" | "place">;
  day: Date;
  first: number;
  color: CSSProperties;
}) {
  const { from, to } = drag.place;
  const style = { ...color, "--from": from / 60 - first, "--length": (to - from) / 60 } as CSSProperties;
  return (
    <div className="block block-ghost" style={style} aria-hidden="true">
      <strong>{drag.event?.summary ?? "New event"}</strong>
      <span>
        {clock(instantAt(day, from))} – {clock(instantAt(day, to))}
      </span>
    </div>
  );
}

function Now({ first, last }: { first: number; last: number }) {
  const now = new Date();
  const at = now.getHours() + now.getMinutes() / 60;
  if (at < first || at > last) return null;
  return <i className="now" style={{ "--from": at - first } as CSSProperties} />;
}

function labelOf(event: CalendarEvent, conflicts: string[] = [], marks: Mark[] = []): string {
  return [event.summary, "all day", ...conflicts, ...marks.map(({ text }) => text)].join(", ");
}
