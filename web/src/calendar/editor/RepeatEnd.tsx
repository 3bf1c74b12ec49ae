/** When a repetition ends: never, on a day, after so many times. */

import { Field } from "../../app/Field";
import type { Repeats } from "../repeats";

interface Props {
  value: Repeats;
  onChange: (change: Partial<Repeats>) => void;
}

export function RepeatEnd({ value, onChange }: Props) {
  return (
    <div className="field-pair">
      <Field label="Ends">
        {(ties) => (
          <select
            {...ties}
            data-testid="repeat-end"
            value={value.end}
            onChange={(change) => onChange({ end: change.target.value as Repeats["end"] })}
          >
            <option value="never">Never</option>
            <option value="on">On a day</option>
            <option value="after">After a number of times</option>
          </select>
        )}
      </Field>
      {value.end === "on" && (
        <Field label="Last day">
          {(ties) => (
            <input
              {...ties}
              type="date"
              data-testid="repeat-until"
              value={value.until}
              onChange={(change) => onChange({ until: change.target.value })}
            />
          )}
        </Field>
      )}
      {value.end === "after" && (
        <Field label="Times">
          {(ties) => (
            <input
              {...ties}
              type="number"
              min={1}
              max={999}
              data-testid="repeat-count"
              value={value.count || ""}
              onChange={(change) => onChange({ count: change.target.valueAsNumber || 0 })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
