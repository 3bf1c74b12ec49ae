/** A time zone of those that browsers know; one that is not among them stays to be chosen. */

import { Field } from "./Field";

interface Props {
  /** Empty is `none`. */
  value: string;
  onChange: (zone: string) => void;
  /** What it means to choose none; without it one must be chosen. */
  none?: string;
  testid?: string;
}

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

export function ZoneField({ value, onChange, none, testid }: Props) {
  const zones = value && !ZONES.includes(value) ? [value, ...ZONES] : ZONES;
  return (
    <Field label="Time zone">
      {(ties) => (
        <select {...ties} data-testid={testid} value={value} onChange={(change) => onChange(change.target.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {zones.map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll("_", " ")}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
