/** One calendar: shown or not, its colour, whether it takes time, whether the assistant books in it. */

import { useEffect, useState } from "react";
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

export function CalendarRow({ row: kept, calendars, writes, mayDefault, onChange }: Props) {
  const act = useAct();
  const [color, setColor] = useState<string>();
  // A box is ticked at once; what the server says comes after it.
  const [wanted, setWanted] = useState<CalendarChange>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row that is loaded again is the reason
  useEffect(() => setWanted({}), [kept]);
  const row = { ...kept, ...wanted };
  const change = async (wish: CalendarChange) => {
    if (act.busy) return;
    setWanted(wish);
    const done = await act.run(() => calendar.setUp(kept.id, wish));
    setColor(undefined);
    if (done) onChange();
    else setWanted({});
  };
  return (
    <li className="cal-item" style={colored(calendars, row.id)} data-testid="calendar-row">
      <label className="check">
        <input
          type="checkbox"
          aria-label={`Show ${row.name}`}
          data-testid="calendar-show"
          checked={!row.hidden}
          disabled={!writes}
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
