/** Several of a few words, as buttons that stay pressed. */

export interface ChipOption<T> {
  value: T;
  name: string;
  /** What stands on it, when that is less than its name. */
  short?: string;
  testid?: string;
}

interface Props<T> {
  legend: string;
  options: readonly ChipOption<T>[];
  chosen: readonly T[];
  onChange: (chosen: T[]) => void;
}

export function Chips<T extends string | number>({ legend, options, chosen, onChange }: Props<T>) {
  return (
    <fieldset className="fieldset">
      <legend>{legend}</legend>
      <div className="cal-chips">
        {options.map(({ value, name, short, testid }) => (
          <label key={value} className="cal-chip">
            <input
              type="checkbox"
              className="visually-hidden"
              aria-label={name}
              data-testid={testid}
              checked={chosen.includes(value)}
              onChange={(change) =>
                onChange(change.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))
              }
            />
            <span aria-hidden="true">{short ?? name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
