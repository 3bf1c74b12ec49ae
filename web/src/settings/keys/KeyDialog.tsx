/** Makes a key: its name, what it may do, how long it lives. */

import { type FormEvent, useState } from "react";
import { type Key, keys } from "../../api/people";
import { useResource } from "../../api/useResource";
import { Dialog } from "../../app/Dialog";
import { Field } from "../../app/Field";
import { Problem } from "../../app/Problem";
import { useAct } from "../../app/useAct";
import { EXPIRIES, expiryOf } from "./expiry";

interface Props {
  onClose: () => void;
  onMade: (row: Key & { key: string }) => void;
}

export function KeyDialog({ onClose, onMade }: Props) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [days, setDays] = useState<number>(90);
  const [missing, setMissing] = useState(false);
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(chosen.length === 0);
    if (chosen.length === 0) return;
    await act.run(async () => {
      const expires_at = expiryOf(days, new Date());
      onMade(await keys.create({ name: name.trim(), scopes: [...chosen], ...(expires_at ? { expires_at } : {}) }));
    });
  };
  return (
    <Dialog wide title="New API key" onClose={onClose} testid="key-dialog">
      <form className="form" onSubmit={(event) => void submit(event)}>
        <div className="field-pair">
          <Field label="Name" hint="What will use it, such as “website”.">
            {(ties) => (
              <input
                {...ties}
                autoComplete="off"
                required
                maxLength={100}
                data-testid="key-name"
                value={name}
                onChange={(change) => setName(change.target.value)}
              />
            )}
          </Field>
          <Field label="Expires">
            {(ties) => (
              <select {...ties} value={days} onChange={(change) => setDays(Number(change.target.value))}>
                {EXPIRIES.map((one) => (
                  <option key={one.days} value={one.days}>
                    {one.days ? `In ${one.name}` : one.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <ScopeList chosen={chosen} onChange={setChosen} />
        <Problem text={missing && chosen.length === 0 ? "Choose at least one thing the key may do." : act.problem} />
        <div className="actions">
          <button type="submit" className="button primary" data-testid="key-submit" disabled={act.busy}>
            Make the key
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function ScopeList({ chosen, onChange }: { chosen: readonly string[]; onChange: (chosen: string[]) => void }) {
  const scopes = useResource(keys.scopes, "scopes");
  const all = scopes.data?.items ?? [];
  const toggle = (scope: string, on: boolean) =>
    onChange(on ? [...chosen, scope] : chosen.filter((one) => one !== scope));
  return (
    <fieldset className="fieldset">
      <legend>What it may do</legend>
      <Problem text={scopes.error} />
      <div className="scope-list">
        {all.map(({ scope, description }) => (
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
