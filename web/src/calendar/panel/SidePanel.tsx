/** Beside the calendar: free times, which calendars are shown, where they come from. */

import { useState } from "react";
import type { Calendar } from "../../api/calendar";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { BellIcon, HistoryIcon, SearchIcon, SettingsIcon, SunIcon } from "../../app/icons";
import type { Draft } from "../draft";
import { BriefingDialog } from "../notices/BriefingDialog";
import { NoticesDialog } from "../notices/NoticesDialog";
import type { Accounts as Connected } from "../sync/useAccounts";
import { Accounts } from "./Accounts";
import { CalendarRow } from "./CalendarRow";
import { Files } from "./Files";
import { FindTime } from "./FindTime";
import { PreferencesDialog } from "./PreferencesDialog";
import { Writes } from "./Writes";

interface Props {
  connected: Connected;
  calendars: Calendar[];
  onChange: () => void;
  /** Takes back what was changed last. */
  onUndo: () => void;
  /** A free time was chosen. */
  onFound: (start: Date, minutes: number, more: Partial<Draft>) => void;
}

export function SidePanel({ connected, calendars, onChange, onUndo, onFound }: Props) {
  const me = useMe();
  const writes = may(me, "calendar:write");
  const [opened, setOpened] = useState<"find" | "preferences" | "briefing" | "notices">();
  return (
    <aside className="cal-panel" aria-label="Calendars and accounts">
      <div className="cal-panel-tools">
        <button type="button" className="button" data-testid="briefing" onClick={() => setOpened("briefing")}>
          <SunIcon /> My briefing
        </button>
        {writes && (
          <button type="button" className="button" data-testid="find-time" onClick={() => setOpened("find")}>
            <SearchIcon /> Find a time
          </button>
        )}
        <button type="button" className="button" data-testid="notices" onClick={() => setOpened("notices")}>
          <BellIcon /> Notices
        </button>
        {writes && (
          <button type="button" className="button" data-testid="preferences" onClick={() => setOpened("preferences")}>
            <SettingsIcon /> Working hours
          </button>
        )}
        {writes && (
          <button
            type="button"
            className="button"
            data-testid="calendar-undo"
            title="Takes back the last change of the last ten minutes (Ctrl+Z)"
            aria-keyshortcuts="Control+Z"
            onClick={onUndo}
          >
            <HistoryIcon /> Undo last
          </button>
        )}
      </div>
      <section aria-labelledby="calendars-title">
        <h2 id="calendars-title">Calendars</h2>
        <ul className="cal-list">
          {calendars.map((one) => (
            <CalendarRow
              key={one.id}
              row={one}
              calendars={calendars}
              writes={writes}
              mayDefault={writes && may(me, "tenant:write")}
              onChange={onChange}
            />
          ))}
        </ul>
      </section>
      <Accounts connected={connected} writes={writes} onChange={onChange} />
      <Writes mayChange={writes} />
      <Files calendars={calendars} writes={writes} onChange={onChange} />
      {opened === "find" && (
        <FindTime
          onClose={() => setOpened(undefined)}
          onFound={(start, minutes, more) => {
            setOpened(undefined);
            onFound(start, minutes, more);
          }}
        />
      )}
      {opened === "briefing" && <BriefingDialog onClose={() => setOpened(undefined)} />}
      {opened === "notices" && <NoticesDialog writes={writes} onClose={() => setOpened(undefined)} />}
      {opened === "preferences" && <PreferencesDialog onClose={() => setOpened(undefined)} />}
    </aside>
  );
}
