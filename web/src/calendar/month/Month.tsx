/** Whole weeks of a month; a day with more than fits leads to its agenda. On narrow screens dots stand for events. */

import type { Calendar } from "../../api/calendar";
import type { CalendarEvent } from "../../api/types";
import { WarningIcon } from "../../app/icons";
import { link } from "../../app/router";
import { plural } from "../../app/times";
import { addressOf } from "../address";
import { colored } from "../colors";
import { clock, format, sameDay } from "../dates";
import { allDayOf, placeDay } from "../layout";
import { MarkIcon } from "../MarkLine";
import type { Mark, Marks } from "../marks";

interface Props {
  /** The month that is looked at; days of its neighbours are paler. */
  month: number;
  days: Date[];
  events: CalendarEvent[];
  calendars: Calendar[];
  conflicts: Map<string, string[]>;
  marks: Marks;
  onOpen: (event: CalendarEvent) => void;
}

const MOST = 3;

export function Month({ month, days, events, calendars, conflicts, marks, onOpen }: Props) {
  const today = new Date();
  return (
    <div className="month" data-testid="calendar-month">
      {days.slice(0, 7).map((day) => (
        <span className="month-weekday" key={day.getDay()} aria-hidden="true">
          {format(day, { weekday: "short" })}
        </span>
      ))}
      {days.map((day) => {
        const list = [...allDayOf(events, day), ...placeDay(events, day).map((one) => one.event)];
        const shown = list.length > MOST ? list.slice(0, MOST - 1) : list;
        const agenda = link(addressOf({ view: "agenda", date: day }));
        const name = format(day, { weekday: "long", month: "long", day: "numeric" });
        return (
          <div
            className={`month-day ${day.getMonth() === month ? "" : "month-other"} ${sameDay(day, today) ? "today" : ""}`}
            key={day.toISOString()}
          >
            <a className="month-number" href={agenda} aria-label={`${name}, ${plural(list.length, "event")}`}>
              <b>{day.getDate()}</b>
              <span className="month-dots" aria-hidden="true">
                {list.slice(0, 4).map((event) => (
                  <i key={event.id} style={colored(calendars, event.calendar_id)} />
                ))}
              </span>
            </a>
            {shown.map((event) => (
              <button
                type="button"
                className={event.all_day ? "month-event all-day" : "month-event"}
                data-testid="calendar-event"
                key={event.id}
                style={colored(calendars, event.calendar_id)}
                title={sayings(conflicts.get(event.id), marks.get(event.id)).join(". ") || undefined}
                aria-label={labelOf(event, sayings(conflicts.get(event.id), marks.get(event.id)))}
                onClick={() => onOpen(event)}
              >
                {conflicts.has(event.id) && <WarningIcon />}
                {marks.get(event.id)?.map(({ kind }) => (
                  <MarkIcon key={kind} kind={kind} />
                ))}
                {!event.all_day && <span>{clock(event.start)}</span>}
                <strong>{event.summary}</strong>
              </button>
            ))}
            {list.length > shown.length && (
              <a
                className="month-more small"
                href={agenda}
                aria-label={`All ${plural(list.length, "event")} on ${name}`}
              >
                {list.length - shown.length} more
              </a>
            )}
          </div>
        );
      })}
    </div>
  );
}

function sayings(conflicts: string[] = [], marks: Mark[] = []): string[] {
  return [...conflicts, ...marks.map(({ text }) => text)];
}

function labelOf(event: CalendarEvent, said: string[]): string {
  return [event.summary, event.all_day ? "all day" : clock(event.start), ...said].join(", ");
}
