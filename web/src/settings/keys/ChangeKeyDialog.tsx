/** Renames a key or changes what it may do; the key itself stays the same. */

import { useState } from "react";
import { type Key, keys } from "../../api/people";
import { FormDialog } from "../../app/FormDialog";
import { toast } from "../../app/toasts";
import { KeyName } from "./KeyName";
import { requireSome, ScopeList } from "./ScopeList";

interface Props {
  row: Key;
  onClose: () => void;
  onChanged: () => void;
}

export function ChangeKeyDialog({ row, onClose, onChanged }: Props) {
  const [name, setName] = useState(row.name);
  const [chosen, setChosen] = useState<readonly string[]>(row.scopes);
  const change = async () => {
    const saved = await keys.change(row.id, { name: name.trim(), scopes: requireSome(chosen) });
    onClose();
    toast(`The key ${saved.name} was changed.`);
    onChanged();
  };
  return (
    <FormDialog wide title={`Change ${row.name}`} label="Save" onSubmit={change} onClose={onClose} testid="key-change">
      <KeyName value={name} onChange={setName} />
      <ScopeList own={row.scopes} chosen={chosen} onChange={setChosen} />
    </FormDialog>
  );
}
