import type { Persona } from "../api/types";

interface Props {
  personas: Persona[];
  value: string | undefined;
  onChange: (slug: string) => void;
}

export function PersonaChoice({ personas, value, onChange }: Props) {
  return (
    <label className="persona-choice">
      <span>Talk to</span>
      <select data-testid="persona-select" value={value} onChange={(change) => onChange(change.target.value)}>
        {personas.map((persona) => (
          <option key={persona.id} value={persona.slug}>
            {persona.name}
          </option>
        ))}
      </select>
    </label>
  );
}
