/** Which of a series is meant. */

import type { Scope } from "../../api/calendar";
import { Field } from "../../app/Field";

export function ScopeField({ value, onChange }: { value: Scope; onChange: (scope: Scope) => void }) {
  return (
    <Field label="Of this series, change">
      {(ties) => (
        <select
          {...ties}
          data-testid="event-scope"
          value={value}
          onChange={(change) => onChange(change.target.value as Scope)}
        >
          <option value="this">This one</option>
          <option value="following">This and following</option>
          <option value="all">All</option>
        </select>
      )}
    </Field>
  );
}
