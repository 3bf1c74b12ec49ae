/** An event that cannot be changed here: what it says. */

import type { CalendarEvent } from "../../api/types";
import { Dialog } from "../../app/Dialog";
import { attendeeNames, timeRange, weekday } from "../dates";

interface Props {
  event: CalendarEvent;
  calendar: string;
  conflicts: string[];
  onClose: () => void;
}

export function EventFacts({ event, calendar, conflicts, onClose }: Props) {
  const facts = [
    ["Repeats", event.recurrence_text],
    ["Where", event.location],
    ["With", attendeeNames(event)],
    ["Notes", event.description],
    ["Calendar", calendar && `${calendar}, which cannot be changed here`],
  ];
  return (
    <Dialog title={event.summary} onClose={onClose} testid="event-facts">
      <p>{weekday(event.start, event.all_day ? undefined : event.timezone)}</p>
      <p>{timeRange(event)}</p>
      {conflicts.map((line) => (
        <p className="clash-line" key={line}>
          {line}
        </p>
      ))}
      <dl className="cal-facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Dialog>
  );
}
