/** What happened in the calendar during the talk. */

import { CalendarIcon, CheckIcon, ClockIcon } from "../app/icons";
import { link } from "../app/router";
import { attendeeNames, dayOf, timeRange, weekday } from "../calendar/dates";
import type { EventCard, EventsCard, SlotsCard } from "./cards";

const TITLES = { booked: "Booked", moved: "Moved", cancelled: "Cancelled" } as const;
const SHOWN = 6;

export function EventCardView({ card }: { card: EventCard }) {
  const { event, change } = card;
  const people = attendeeNames(event);
  return (
    <article className={`card event-card event-${change}`} data-testid="card-event" data-change={change}>
      <header className="card-head">
        <CheckIcon />
        <h3>{TITLES[change]}</h3>
        <a className="card-aside" href={link("/calendar")}>
          Open calendar
        </a>
      </header>
      <div className="event-row">
        <DateTile iso={event.start} zone={event.timezone} />
        <div>
          <strong>{event.summary}</strong>
          <p className="muted">{timeRange(event)}</p>
          {event.location && <p className="muted small">{event.location}</p>}
          {people && <p className="muted small">With {people}</p>}
        </div>
      </div>
    </article>
  );
}

export function EventsCardView({ card }: { card: EventsCard }) {
  return (
    <article className="card" data-testid="card-events">
      <header className="card-head">
        <CalendarIcon />
        <h3>{card.events.length ? "In the calendar" : "Nothing in the calendar"}</h3>
      </header>
      <ul className="plain-list">
        {card.events.slice(0, SHOWN).map((event) => (
          <li key={event.id}>
            <strong>{event.summary}</strong>
            <span className="muted small">
              {weekday(event.start, event.timezone)}, {timeRange(event)}
            </span>
          </li>
        ))}
      </ul>
    </article>
  );
}

export function SlotsCardView({ card }: { card: SlotsCard }) {
  return (
    <article className="card" data-testid="card-slots">
      <header className="card-head">
        <ClockIcon />
        <h3>Free times</h3>
        {card.date && <span className="card-aside">{weekday(`${card.date.slice(0, 10)}T12:00:00`)}</span>}
      </header>
      <ul className="slots">
        {card.slots.slice(0, 12).map((slot) => (
          <li className="chip" key={slot.start}>
            {timeRange({ ...slot, timezone: undefined })}
          </li>
        ))}
      </ul>
    </article>
  );
}

function DateTile({ iso, zone }: { iso: string; zone?: string }) {
  const { month, day } = dayOf(iso, zone);
  return (
    <span className="date-tile" aria-hidden="true">
      <b>{month}</b>
      {day}
    </span>
  );
}
