/** A new persona needs a name; everything else is edited afterwards. */

import { type FormEvent, useState } from "react";
import { personas } from "../api/personas";
import { useResource } from "../api/useResource";
import { Dialog } from "../app/Dialog";
import { Field } from "../app/Field";
import { Problem } from "../app/Problem";
import { link } from "../app/router";
import { useAct } from "../app/useAct";
import { kindName } from "./names";

export function NewPersonaDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState("custom");
  const choices = useResource(personas.choices, "choices");
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await act.run(async () => {
      const made = await personas.create({
        name: name.trim(),
        kind,
        toolsets: choices.data?.toolsets.map((one) => one.name) ?? [],
      });
      window.location.assign(link(`/personas/${encodeURIComponent(made.slug)}`));
    });
  };
  return (
    <Dialog title="New persona" onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label="Name" hint="As callers hear it, such as “Front desk”.">
          {(ties) => (
            <input
              {...ties}
              required
              maxLength={100}
              autoComplete="off"
              data-testid="persona-new-name"
              value={name}
              onChange={(change) => setName(change.target.value)}
            />
          )}
        </Field>
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
        <Problem text={act.problem} />
        <div className="actions">
          <button type="submit" className="button primary" data-testid="persona-new-submit" disabled={act.busy}>
            Make it
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
