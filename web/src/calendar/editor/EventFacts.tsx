/** An event that cannot be changed here: what it says. */

import type { CalendarEvent } from "../../api/types";
import { Dialog } from "../../app/Dialog";
import { attendeeNames, timeRange, weekday } from "../dates";
import { MarkLine } from "../MarkLine";
import type { Mark } from "../marks";

interface Props {
  event: CalendarEvent;
  calendar: string;
  conflicts: string[];
  marks: Mark[];
  onClose: () => void;
}

export function EventFacts({ event, calendar, conflicts, marks, onClose }: Props) {
  const facts = [
    ["Repeats", event.recurrence_text],
    ["Where", event.location],
    ["With", attendeeNames(event)],
    ["Shown as", event.busy === undefined ? "" : event.busy ? "busy" : "free"],
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
      {marks.map((mark) => (
        <MarkLine key={mark.kind} mark={mark} />
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
