/** A new persona needs a name; everything else is edited afterwards. */

import { useState } from "react";
import { personas } from "../api/personas";
import { useResource } from "../api/useResource";
import { Field } from "../app/Field";
import { FormDialog } from "../app/FormDialog";
import { link } from "../app/router";
import { TextField } from "../app/TextField";
import { kindName } from "./names";

export function NewPersonaDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState("custom");
  const choices = useResource(personas.choices, "choices");
  const make = async () => {
    const toolsets = choices.data?.toolsets.map((one) => one.name) ?? [];
    const made = await personas.create({ name: name.trim(), kind, toolsets });
    window.location.assign(link(`/personas/${encodeURIComponent(made.slug)}`));
  };
  return (
    <FormDialog title="New persona" label="Make it" onSubmit={make} onClose={onClose} testid="persona-new">
      <TextField
        label="Name"
        hint="As callers hear it, such as “Front desk”."
        required
        maxLength={100}
        autoComplete="off"
        testid="persona-new-name"
        value={name}
        onChange={setName}
      />
      <Field label="Kind">
        {(ties) => (
          <select {...ties} value={kind} onChange={(change) => setKind(change.target.value)}>
            {(choices.data?.kinds ?? [kind]).map((one) => (
              <option key={one} value={one}>
                {kindName(one)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}
