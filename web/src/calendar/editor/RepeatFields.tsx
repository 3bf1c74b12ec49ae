/** How an event repeats: how often, on which days, until when. */

import { Field } from "../../app/Field";
import { localDate } from "../dates";
import { DAYS, type Frequency, isLastOfMonth, type Repeats, weekOf } from "../repeats";
import { weekdayOf } from "../walls";
import { Chips } from "./Chips";
import { RepeatEnd } from "./RepeatEnd";

interface Props {
  value: Repeats;
  /** The first day, "2026-11-24". */
  day: string;
  onChange: (value: Repeats) => void;
}

const UNITS: Partial<Record<Frequency, string>> = { daily: "day", weekly: "week", monthly: "month", yearly: "year" };
const CHIPS = DAYS.map((name, value) => ({ value, name, short: name.slice(0, 3), testid: `repeat-day-${value}` }));
const ORDINALS = ["", "first", "second", "third", "fourth", "fifth"];

export function RepeatFields({ value, day, onChange }: Props) {
  const set = (change: Partial<Repeats>) => onChange({ ...value, ...change });
  const choose = (frequency: Frequency) =>
    set({ frequency, days: frequency === "weekly" && value.days.length === 0 && day ? [weekdayOf(day)] : value.days });
  const unit = UNITS[value.frequency];
  return (
    <fieldset className="fieldset">
      <legend className="visually-hidden">Repetition</legend>
      <div className="field-pair">
        <Field label="Repeats">
          {(ties) => (
            <select
              {...ties}
              data-testid="repeat-frequency"
              value={value.frequency}
              onChange={(change) => choose(change.target.value as Frequency)}
            >
              <option value="never">Does not repeat</option>
              <option value="daily">Daily</option>
              <option value="weekly">Weekly</option>
              <option value="monthly">Monthly</option>
              <option value="yearly">Yearly</option>
              {value.rule && <option value="other">As it is now</option>}
            </select>
          )}
        </Field>
        {unit && (
          <Field label={`Every how many ${unit}s`}>
            {(ties) => (
              <input
                {...ties}
                type="number"
                min={1}
                max={99}
                data-testid="repeat-every"
                value={value.every || ""}
                onChange={(change) => set({ every: change.target.valueAsNumber || 0 })}
              />
            )}
          </Field>
        )}
      </div>
      {value.frequency === "weekly" && (
        <Chips legend="On" options={CHIPS} chosen={value.days} onChange={(days) => set({ days })} />
      )}
      {value.frequency === "monthly" && day && <MonthlyField value={value} day={day} onChange={set} />}
      {unit && <RepeatEnd value={value} onChange={set} />}
    </fieldset>
  );
}

interface MonthlyProps {
  value: Repeats;
  day: string;
  onChange: (change: Partial<Repeats>) => void;
}

function MonthlyField({ value, day, onChange }: MonthlyProps) {
  const name = DAYS[weekdayOf(day)];
  const week = weekOf(day);
  return (
    <Field label="In the month">
      {(ties) => (
        <select
          {...ties}
          data-testid="repeat-monthly"
          value={value.monthly}
          onChange={(change) => onChange({ monthly: change.target.value as Repeats["monthly"] })}
        >
          <option value="day">On day {localDate(day).getDate()}</option>
          <option value="weekday">
            On the {ORDINALS[week]} {name}
          </option>
          {(isLastOfMonth(day) || value.monthly === "last") && <option value="last">On the last {name}</option>}
        </select>
      )}
    </Field>
  );
}
