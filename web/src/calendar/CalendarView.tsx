/** The calendar: a week, a month or a list of days, and beside it where its events come from. */

import "./calendar.css";
import "./week/week.css";
import "./month/month.css";
import "./panel/panel.css";
import "./editor/editor.css";
import { useState } from "react";
import type { CalendarEvent } from "../api/types";
import { may } from "../app/access";
import { useMe } from "../app/account";
import { Banner } from "../app/Banner";
import { Agenda } from "./Agenda";
import { dayForNew, daysIn, shownAt, windowOf } from "./address";
import { Clashes } from "./Clashes";
import { undoLast } from "./done";
import { type Draft, draftOf, newDraft } from "./draft";
import { EventEditor } from "./editor/EventEditor";
import { EventFacts } from "./editor/EventFacts";
import { MoveDialog } from "./MoveDialog";
import { marksOf } from "./marks";
import { Month } from "./month/Month";
import { useNoticed } from "./notices/useNoticed";
import { ConnectionNews } from "./panel/ConnectionNews";
import { SidePanel } from "./panel/SidePanel";
import { SyncLine } from "./sync/SyncLine";
import { useAccounts } from "./sync/useAccounts";
import { Toolbar } from "./Toolbar";
import { useCalendar } from "./useCalendar";
import { useMoving } from "./useMoving";
import { useNarrow } from "./useNarrow";
import { useUndoKey } from "./useUndoKey";
import { Week } from "./week/Week";

/** An event that is looked at, or a new one. */
interface Opened {
  event?: CalendarEvent;
  draft: Draft;
}

export default function CalendarView({ path }: { path: string }) {
  const me = useMe();
  const shown = shownAt(path, new Date());
  const { from, to } = windowOf(shown);
  const data = useCalendar(from, to);
  const connected = useAccounts();
  const told = useNoticed();
  const mover = useMoving(data.events, data.reload);
  const [opened, setOpened] = useState<Opened>();
  const narrow = useNarrow();
  const { calendars, conflicts } = data;
  const writes = may(me, "calendar:write");
  const writable = (event?: CalendarEvent) =>
    writes && (!event || (calendars.find((one) => one.id === event.calendar_id)?.writable ?? true));
  const undo = () => void undoLast(data.reload);
  // What is on its way is not the last change yet.
  useUndoKey(writes && mover.moving?.stage !== "sending" ? undo : undefined);
  const open = (event: CalendarEvent) => setOpened({ event, draft: draftOf(event) });
  const make = (start: Date, minutes: number, more: Partial<Draft> = {}) => {
    const chosen = calendars.find((one) => one.default && one.writable) ?? calendars.find((one) => one.writable);
    setOpened({ draft: newDraft(start, minutes, { calendar: chosen?.id ?? "", ...more }) });
  };
  const marks = marksOf(mover.events, { calendars, accounts: connected.rows, told, now: new Date() });
  const sight = { days: daysIn({ from, to }), events: mover.events, calendars, conflicts, marks, onOpen: open };
  const event = opened?.event;
  const clashes = (event && conflicts.get(event.id)) ?? [];
  const said = (event && marks.get(event.id)) ?? [];
  const close = () => setOpened(undefined);

  return (
    <div className="page page-wide calendar">
      <Toolbar
        shown={shown}
        from={from}
        to={to}
        onNew={writes ? () => make(nextHour(dayForNew(shown, new Date())), 30) : undefined}
      >
        <SyncLine accounts={connected} writes={writes} />
      </Toolbar>
      <ConnectionNews path={path} />
      {data.error && <Banner tone="problem">{data.error}</Banner>}
      <div className="calendar-body">
        <section className="calendar-main" aria-label="Events" aria-busy={!data.loaded}>
          {shown.view === "month" ? (
            <Month month={shown.date.getMonth()} {...sight} />
          ) : shown.view === "week" && !narrow ? (
            <>
              <Clashes events={mover.events} clashes={data.clashes} onOpen={open} />
              <Week {...sight} writable={writable} onMove={mover.move} onNew={make} />
            </>
          ) : (
            <Agenda {...sight} />
          )}
        </section>
        <SidePanel
          connected={connected}
          calendars={calendars}
          onChange={data.reloadCalendars}
          onUndo={undo}
          onFound={make}
        />
      </div>
      {mover.moving?.stage === "asked" && <MoveDialog moving={mover.moving} mover={mover} />}
      {event && !writable(event) && (
        <EventFacts
          event={event}
          calendar={calendars.find((one) => one.id === event.calendar_id)?.name ?? ""}
          conflicts={clashes}
          marks={said}
          onClose={close}
        />
      )}
      {opened && writable(event) && (
        <EventEditor
          {...opened}
          calendars={calendars}
          conflicts={clashes}
          marks={said}
          onClose={close}
          onDone={data.reload}
        />
      )}
    </div>
  );
}

/** The next full hour today, nine o'clock on another day. */
function nextHour(day: Date): Date {
  const now = new Date();
  const today = day.toDateString() === now.toDateString();
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), today ? now.getHours() + 1 : 9);
}
