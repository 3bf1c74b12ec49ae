/** What a key may do: the scopes that the person looking may give, and those the key has already. */

import { keys } from "../../api/people";
import { useResource } from "../../api/useResource";
import { Problem } from "../../app/Problem";

interface Props {
  /** Scopes of the key that is changed; one that the person does not hold can only be taken away. */
  own?: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

export function ScopeList({ own = [], chosen, onChange }: Props) {
  const scopes = useResource(keys.scopes, "scopes");
  const given = scopes.data?.items ?? [];
  const others = own.filter((scope) => given.every((one) => one.scope !== scope));
  const toggle = (scope: string, on: boolean) =>
    onChange(on ? [...chosen, scope] : chosen.filter((one) => one !== scope));
  return (
    <fieldset className="fieldset">
      <legend>What it may do</legend>
      <Problem text={scopes.error} />
      <div className="scope-list">
        {[...given, ...others.map((scope) => ({ scope, description: "" }))].map(({ scope, description }) => (
          <label className="check" key={scope}>
            <input
              type="checkbox"
              data-testid={`scope-${scope}`}
              checked={chosen.includes(scope)}
              onChange={(change) => toggle(scope, change.target.checked)}
            />
            <code>{scope}</code>
            <span className="muted small">{description}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Raises a sentence for the person when nothing is chosen. */
export function requireSome(chosen: readonly string[]): string[] {
  if (chosen.length === 0) throw new Error("Choose at least one thing the key may do.");
  return [...chosen];
}
