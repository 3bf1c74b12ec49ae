import { useEffect, useRef } from "react";
import type { CalendarEvent } from "../api/types";
import { CloseIcon } from "../app/icons";
import { attendeeNames, timeRange, weekday } from "./dates";

export function EventDialog({ event, onClose }: { event: CalendarEvent; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const people = attendeeNames(event);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="event-title" onClose={onClose}>
      <header>
        <h2 id="event-title">{event.summary}</h2>
        <button type="button" className="plain-icon" aria-label="Close" onClick={() => dialog.current?.close()}>
          <CloseIcon />
        </button>
      </header>
      <p>{weekday(event.start, event.all_day ? undefined : event.timezone)}</p>
      <p>{timeRange(event)}</p>
      <dl>
        {event.location && <Fact name="Where" value={event.location} />}
        {people && <Fact name="With" value={people} />}
        {event.description && <Fact name="Notes" value={event.description} />}
      </dl>
    </dialog>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
