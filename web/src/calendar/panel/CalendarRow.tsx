/** One calendar: shown or not, its colour, whether it takes time, whether the assistant books in it. */

import { useState } from "react";
import { type Calendar, type CalendarChange, calendar } from "../../api/calendar";
import { Problem } from "../../app/Problem";
import { useAct } from "../../app/useAct";
import { colored, colorOf, hexOf } from "../colors";

interface Props {
  row: Calendar;
  calendars: Calendar[];
  writes: boolean;
  mayDefault: boolean;
  onChange: () => void;
}

export function CalendarRow({ row, calendars, writes, mayDefault, onChange }: Props) {
  const act = useAct();
  const [color, setColor] = useState<string>();
  const change = async (wanted: CalendarChange) => {
    if (await act.run(() => calendar.setUp(row.id, wanted))) onChange();
    setColor(undefined);
  };
  return (
    <li className="cal-item" style={colored(calendars, row.id)} data-testid="calendar-row">
      <label className="check">
        <input
          type="checkbox"
          aria-label={`Show ${row.name}`}
          data-testid="calendar-show"
          checked={!row.hidden}
          disabled={!writes || act.busy}
          onChange={(box) => void change({ hidden: !box.target.checked })}
        />
        <span className="cal-name">{row.name}</span>
      </label>
      {row.default && <span className="badge badge-accent">Default</span>}
      {row.sync_error && <p className="small told-once">{row.sync_error}</p>}
      {writes && (
        <details className="cal-more">
          <summary aria-label={`Set up ${row.name}`}>Set up</summary>
          <label className="cal-color">
            <input
              type="color"
              aria-label={`Colour of ${row.name}`}
              value={color ?? hexOf(colorOf(calendars, row.id))}
              onChange={(picked) => setColor(picked.target.value)}
              onBlur={() => color && void change({ color })}
            />
            <span>Colour</span>
          </label>
          <label className="check">
            <input
              type="checkbox"
              data-testid="calendar-busy"
              checked={row.counts_busy}
              disabled={act.busy}
              onChange={(box) => void change({ counts_busy: box.target.checked })}
            />
            <span>Its events take time</span>
          </label>
          {mayDefault && !row.default && row.writable && (
            <button
              type="button"
              className="text-button"
              disabled={act.busy}
              onClick={() => void change({ default: true })}
            >
              Let the assistant book here
            </button>
          )}
          {!row.writable && <p className="muted small">Can only be read here.</p>}
        </details>
      )}
      <Problem text={act.problem} />
    </li>
  );
}
