/** When the persona's business is open: always, or ranges a day. */

import { useRef } from "react";
import { type BusinessHours, type Range, WEEKDAYS, type Weekday } from "../api/personas";
import { CloseIcon, PlusIcon } from "../app/icons";
import { ZoneField } from "../app/ZoneField";
import { DAY_NAMES, endToKeep, endToShow, isAlwaysOpen, nextRange, problemOfDay, USUAL } from "./hours";

interface Props {
  hours: BusinessHours;
  onChange: (hours: BusinessHours) => void;
}

export function HoursField({ hours, onChange }: Props) {
  const always = isAlwaysOpen(hours);
  const setDay = (day: Weekday, ranges: Range[] | undefined) => {
    const { [day]: _before, ...rest } = hours;
    onChange(ranges ? { ...rest, [day]: ranges } : rest);
  };
  return (
    <fieldset className="fieldset">
      <legend>Business hours</legend>
      <label className="check">
        <input
          type="checkbox"
          data-testid="hours-always"
          checked={always}
          onChange={(change) => onChange(change.target.checked ? {} : USUAL)}
        />
        <span>Always open</span>
        <span className="muted small">Otherwise the assistant knows when nobody is there.</span>
      </label>
      {!always && (
        <>
          <div className="days">
            {WEEKDAYS.map((day) => (
              <DayHours key={day} day={day} ranges={hours[day]} onChange={(ranges) => setDay(day, ranges)} />
            ))}
          </div>
          <Zone hours={hours} onChange={onChange} />
        </>
      )}
    </fieldset>
  );
}

interface DayProps {
  day: Weekday;
  ranges: Range[] | undefined;
  onChange: (ranges: Range[] | undefined) => void;
}

export function DayHours({ day, ranges, onChange }: DayProps) {
  const name = DAY_NAMES[day];
  const list = ranges ?? [];
  const problem = problemOfDay(list);
  const box = useRef<HTMLInputElement>(null);
  const set = (index: number, range: Range) => onChange(list.map((one, at) => (at === index ? range : one)));
  const remove = (index: number) => {
    const rest = list.filter((_one, at) => at !== index);
    onChange(rest.length > 0 ? rest : undefined);
    box.current?.focus();
  };
  return (
    <div className="day" data-testid={`hours-${day}`}>
      <label className="check day-name">
        <input
          ref={box}
          type="checkbox"
          checked={list.length > 0}
          onChange={(change) => onChange(change.target.checked ? [nextRange([])] : undefined)}
        />
        <span>{name}</span>
      </label>
      {list.length === 0 ? (
        <span className="muted day-closed">Closed</span>
      ) : (
        <div className="ranges">
          {list.map((range, index) => (
            <OneRange
              // biome-ignore lint/suspicious/noArrayIndexKey: a range is its place in the day
              key={index}
              label={list.length > 1 ? `${name}, ${index + 1}.` : name}
              range={range}
              invalid={!!problem}
              onChange={(changed) => set(index, changed)}
              onRemove={() => remove(index)}
            />
          ))}
          <button
            type="button"
            className="text-button add-range"
            aria-label={`Another time on ${name}`}
            onClick={() => onChange([...list, nextRange(list)])}
          >
            <PlusIcon /> Add
          </button>
        </div>
      )}
      {problem && (
        <p className="field-error small" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface RangeProps {
  label: string;
  range: Range;
  invalid: boolean;
  onChange: (range: Range) => void;
  onRemove: () => void;
}

function OneRange({ label, range: [start, end], invalid, onChange, onRemove }: RangeProps) {
  return (
    <span className="range">
      <input
        type="time"
        aria-label={`${label} from`}
        aria-invalid={invalid || undefined}
        value={start}
        onChange={(change) => onChange([change.target.value, end])}
      />
      <span aria-hidden="true">–</span>
      <input
        type="time"
        aria-label={`${label} to`}
        aria-invalid={invalid || undefined}
        value={endToShow(end)}
        onChange={(change) => onChange([start, endToKeep(change.target.value)])}
      />
      <button type="button" className="plain-icon" aria-label={`Remove ${label} ${start} to ${end}`} onClick={onRemove}>
        <CloseIcon />
      </button>
    </span>
  );
}

function Zone({ hours, onChange }: Props) {
  const { timezone, ...days } = hours;
  return (
    <ZoneField
      none="As the tenant’s"
      value={timezone ?? ""}
      onChange={(zone) => onChange(zone ? { ...days, timezone: zone } : days)}
    />
  );
}
