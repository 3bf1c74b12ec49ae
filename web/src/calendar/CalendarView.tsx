import "./calendar.css";
import { useState } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { CalendarEvent } from "../api/types";
import { useResource } from "../api/useResource";
import { Banner } from "../app/Banner";
import { LeftIcon, RightIcon } from "../app/icons";
import { Agenda } from "./Agenda";
import { addDays, HERE, monthSpan, startOfWeek } from "./dates";
import { EventDialog } from "./EventDialog";
import { Week } from "./Week";

export default function CalendarView() {
  const [monday, setMonday] = useState(() => startOfWeek(new Date()));
  const [opened, setOpened] = useState<CalendarEvent>();
  const end = addDays(monday, 7);
  const events = useResource(() => api.events(monday, end), monday.toISOString());
  useLive(["event."], events.reload);
  const days = Array.from({ length: 7 }, (_, index) => addDays(monday, index));
  const items = events.data?.items ?? [];

  return (
    <div className="page page-wide calendar">
      <header className="page-head calendar-head">
        <div>
          <h1>{monthSpan(monday, addDays(monday, 6))}</h1>
          <p className="muted">Times in {HERE.replaceAll("_", " ")}</p>
        </div>
        <div className="week-buttons">
          <button type="button" className="button" onClick={() => setMonday(startOfWeek(new Date()))}>
            Today
          </button>
          <button
            type="button"
            className="round small"
            aria-label="Week before"
            onClick={() => setMonday(addDays(monday, -7))}
          >
            <LeftIcon />
          </button>
          <button type="button" className="round small" aria-label="Week after" onClick={() => setMonday(end)}>
            <RightIcon />
          </button>
        </div>
      </header>
      {events.error && <Banner tone="problem">{events.error}</Banner>}
      <Week days={days} events={items} onOpen={setOpened} />
      <Agenda days={days} events={items} onOpen={setOpened} />
      {opened && <EventDialog event={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}
