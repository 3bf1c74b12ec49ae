/** Where, with whom, which calendar, and what else there is to say about an event. */

import type { Calendar } from "../../api/calendar";
import { Field } from "../../app/Field";
import { TextField } from "../../app/TextField";
import type { Draft } from "../draft";

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  calendars: Calendar[];
  /** False: it stays in its calendar. */
  mayTurn: boolean;
}

export function MoreFields({ draft, onChange, calendars, mayTurn }: Props) {
  const set = (change: Partial<Draft>) => onChange({ ...draft, ...change });
  const own = calendars.find((one) => one.id === draft.calendar);
  return (
    <>
      <TextField
        label="Place"
        maxLength={300}
        autoComplete="off"
        testid="event-place"
        value={draft.location}
        onChange={(location) => set({ location })}
      />
      <Field label="People" hint="One a line: a name or an e-mail address.">
        {(ties) => (
          <textarea
            {...ties}
            rows={2}
            data-testid="event-people"
            value={draft.people}
            onChange={(change) => set({ people: change.target.value })}
          />
        )}
      </Field>
      <div className="field-pair">
        {!mayTurn ? (
          own && (
            <p className="cal-fact">
              <span>Calendar</span>
              <span className="muted">{own.name}</span>
            </p>
          )
        ) : (
          <Field label="Calendar">
            {(ties) => (
              <select
                {...ties}
                data-testid="event-calendar"
                value={draft.calendar}
                onChange={(change) => set({ calendar: change.target.value })}
              >
                {calendars
                  .filter((one) => one.writable)
                  .map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
              </select>
            )}
          </Field>
        )}
        <Field label="Shown to others as">
          {(ties) => (
            <select
              {...ties}
              data-testid="event-busy"
              value={draft.busy}
              onChange={(change) => set({ busy: change.target.value as Draft["busy"] })}
            >
              {draft.busy === "as is" && <option value="as is">As it is now</option>}
              <option value="busy">Busy</option>
              <option value="free">Free</option>
            </select>
          )}
        </Field>
      </div>
      <Field label="Notes">
        {(ties) => (
          <textarea
            {...ties}
            rows={3}
            maxLength={4000}
            data-testid="event-notes"
            value={draft.description}
            onChange={(change) => set({ description: change.target.value })}
          />
        )}
      </Field>
    </>
  );
}
