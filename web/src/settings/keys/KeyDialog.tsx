/** Makes a key: its name, what it may do, how long it lives. */

import { useState } from "react";
import { type Key, keys } from "../../api/people";
import { Field } from "../../app/Field";
import { FormDialog } from "../../app/FormDialog";
import { EXPIRIES, expiryOf } from "./expiry";
import { KeyName } from "./KeyName";
import { requireSome, ScopeList } from "./ScopeList";

interface Props {
  onClose: () => void;
  onMade: (row: Key & { key: string }) => void;
}

export function KeyDialog({ onClose, onMade }: Props) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [days, setDays] = useState<number>(90);
  const make = async () => {
    const scopes = requireSome(chosen);
    const expires_at = expiryOf(days, new Date());
    onMade(await keys.create({ name: name.trim(), scopes, ...(expires_at ? { expires_at } : {}) }));
  };
  return (
    <FormDialog wide title="New API key" label="Make the key" onSubmit={make} onClose={onClose} testid="key">
      <div className="field-pair">
        <KeyName value={name} onChange={setName} />
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
    </FormDialog>
  );
}
