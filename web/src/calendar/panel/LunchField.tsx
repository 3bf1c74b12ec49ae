/** When lunch is, or that none is kept free. */

interface Props {
  value: [string, string] | null;
  onChange: (value: [string, string] | null) => void;
}

export function LunchField({ value, onChange }: Props) {
  return (
    <div className="cal-lunch">
      <label className="check">
        <input
          type="checkbox"
          checked={value !== null}
          onChange={(change) => onChange(change.target.checked ? ["12:00", "13:00"] : null)}
        />
        <span>Lunch is kept free</span>
      </label>
      {value && (
        <span className="range">
          <input
            type="time"
            required
            aria-label="Lunch from"
            value={value[0]}
            onChange={(change) => onChange([change.target.value, value[1]])}
          />
          <span aria-hidden="true">–</span>
          <input
            type="time"
            required
            aria-label="Lunch to"
            value={value[1]}
            onChange={(change) => onChange([value[0], change.target.value])}
          />
        </span>
      )}
    </div>
  );
}
