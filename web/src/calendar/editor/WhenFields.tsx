/** When an event is: days, times, all day, and on which clock. */

import { useId } from "react";
import { ZoneField } from "../../app/ZoneField";
import { type Draft, withAllDay, withStart } from "../draft";

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** False: it stays what it is, at a time or all day. */
  mayTurn: boolean;
}

export function WhenFields({ draft, onChange, mayTurn }: Props) {
  const start = (text: string) => onChange(withStart(draft, text));
  const end = (text: string) => onChange({ ...draft, end: text });
  return (
    <>
      <div className="field-pair">
        <Moment label="Starts" testid="event-start" value={draft.start} dayOnly={draft.allDay} onChange={start} />
        <Moment label="Ends" testid="event-end-field" value={draft.end} dayOnly={draft.allDay} onChange={end} />
      </div>
      {mayTurn && (
        <label className="check">
          <input
            type="checkbox"
            data-testid="event-all-day"
            checked={draft.allDay}
            onChange={(change) => onChange(withAllDay(draft, change.target.checked))}
          />
          <span>All day</span>
        </label>
      )}
      {!draft.allDay && (
        <ZoneField value={draft.zone} onChange={(zone) => onChange({ ...draft, zone })} testid="event-zone" />
      )}
    </>
  );
}

interface MomentProps {
  label: string;
  value: string;
  dayOnly: boolean;
  onChange: (value: string) => void;
  testid: string;
}

function Moment({ label, value, dayOnly, onChange, testid }: MomentProps) {
  const id = useId();
  const [day = "", time = ""] = value.split("T");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="cal-moment">
        <input
          id={id}
          type="date"
          required
          data-testid={`${testid}-day`}
          value={day}
          onChange={(change) => onChange(`${change.target.value}T${time}`)}
        />
        {!dayOnly && (
          <input
            type="time"
            required
            aria-label={`${label} at`}
            data-testid={`${testid}-time`}
            value={time}
            onChange={(change) => onChange(`${day}T${change.target.value}`)}
          />
        )}
      </div>
    </div>
  );
}
