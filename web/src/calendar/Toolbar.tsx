/** What is looked at, and the ways to other days and views. */

import type { ReactNode } from "react";
import { LeftIcon, PlusIcon, RightIcon } from "../app/icons";
import { link } from "../app/router";
import { addressOf, dayFor, type Shown, turned, VIEWS, type View } from "./address";
import { addDays, format, HERE, monthSpan } from "./dates";

interface Props {
  shown: Shown;
  from: Date;
  to: Date;
  onNew: (() => void) | undefined;
  /** How the connected calendars do. */
  children?: ReactNode;
}

const NAMES: Record<View, string> = { week: "Week", month: "Month", agenda: "Agenda" };
const STEPS: Record<View, string> = { week: "Week", month: "Month", agenda: "Days" };

export function Toolbar({ shown, from, to, onNew, children }: Props) {
  const { view, date } = shown;
  const title = view === "month" ? format(date, { month: "long", year: "numeric" }) : monthSpan(from, addDays(to, -1));
  const address = (one: Shown) => link(addressOf(one));
  return (
    <header className="page-head calendar-head">
      <div>
        <h1 data-testid="calendar-title">{title}</h1>
        <p className="muted">Times in {HERE.replaceAll("_", " ")}</p>
        {children}
      </div>
      <div className="calendar-tools">
        <div className="calendar-turn">
          <a className="button" href={address({ view, date: addDays(new Date(), 0) })} data-testid="calendar-today">
            Today
          </a>
          <a
            className="round small"
            href={address(turned(shown, -1))}
            aria-label={`${STEPS[view]} before`}
            data-testid="calendar-before"
          >
            <LeftIcon />
          </a>
          <a
            className="round small"
            href={address(turned(shown, 1))}
            aria-label={`${STEPS[view]} after`}
            data-testid="calendar-after"
          >
            <RightIcon />
          </a>
        </div>
        <nav className="calendar-views" aria-label="Views">
          {VIEWS.map((one) => (
            <a
              key={one}
              href={address({ view: one, date: dayFor(shown, one, new Date()) })}
              aria-current={one === view ? "page" : undefined}
              data-testid={`calendar-view-${one}`}
            >
              {NAMES[one]}
            </a>
          ))}
        </nav>
        {onNew && (
          <button type="button" className="button primary" data-testid="event-new" onClick={onNew}>
            <PlusIcon /> New event
          </button>
        )}
      </div>
    </header>
  );
}
