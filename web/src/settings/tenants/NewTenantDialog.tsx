/** A new tenant and the invitation of its owner. */

import { type FormEvent, useState } from "react";
import { tenants } from "../../api/tenants";
import { Dialog } from "../../app/Dialog";
import { Field } from "../../app/Field";
import { Problem } from "../../app/Problem";
import { useAct } from "../../app/useAct";
import { slugOf } from "./amounts";

interface Props {
  onClose: () => void;
  onMade: (name: string, url: string) => void;
}

export function NewTenantDialog({ onClose, onMade }: Props) {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string>();
  const [email, setEmail] = useState("");
  const act = useAct();
  const short = slug ?? slugOf(name);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await act.run(async () => {
      const made = await tenants.create({ slug: short, name: name.trim(), owner_email: email.trim() });
      onMade(`The owner of ${made.name}`, made.invitation_url);
    });
  };
  return (
    <Dialog title="New tenant" onClose={onClose}>
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label="Name">
          {(ties) => (
            <input
              {...ties}
              required
              maxLength={100}
              autoComplete="off"
              data-testid="tenant-name"
              value={name}
              onChange={(change) => setName(change.target.value)}
            />
          )}
        </Field>
        <Field label="Short name" hint="Small letters, digits and hyphens; it stays.">
          {(ties) => (
            <input
              {...ties}
              required
              maxLength={63}
              pattern="[a-z0-9][a-z0-9\-]*"
              autoComplete="off"
              data-testid="tenant-slug"
              value={short}
              onChange={(change) => setSlug(change.target.value)}
            />
          )}
        </Field>
        <Field label="Owner’s e-mail" hint="They get an invitation.">
          {(ties) => (
            <input
              {...ties}
              type="email"
              required
              autoComplete="off"
              data-testid="tenant-owner"
              value={email}
              onChange={(change) => setEmail(change.target.value)}
            />
          )}
        </Field>
        <Problem text={act.problem} />
        <div className="actions">
          <button type="submit" className="button primary" data-testid="tenant-submit" disabled={act.busy}>
            Make the tenant
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
