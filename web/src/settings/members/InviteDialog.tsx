/** Invites somebody by e-mail. */

import { type FormEvent, useState } from "react";
import { people } from "../../api/people";
import { Dialog } from "../../app/Dialog";
import { Field } from "../../app/Field";
import { Problem } from "../../app/Problem";
import { useAct } from "../../app/useAct";
import { meaningOf, roleName } from "./roles";

interface Props {
  roles: string[];
  onClose: () => void;
  onInvited: (name: string, url: string) => void;
}

export function InviteDialog({ roles, onClose, onInvited }: Props) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState(roles.includes("viewer") ? "viewer" : (roles[0] ?? "viewer"));
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await act.run(async () => {
      const made = await people.invite({ email: email.trim(), name: name.trim(), role });
      onInvited(made.name || made.email, made.invitation_url);
    });
  };
  return (
    <Dialog title="Invite somebody" onClose={onClose} testid="invite-dialog">
      <form className="form" onSubmit={(event) => void submit(event)}>
        <Field label="E-mail">
          {(ties) => (
            <input
              {...ties}
              type="email"
              autoComplete="off"
              data-testid="invite-email"
              required
              value={email}
              onChange={(change) => setEmail(change.target.value)}
            />
          )}
        </Field>
        <Field label="Name" hint="They can change it when they accept.">
          {(ties) => (
            <input
              {...ties}
              autoComplete="off"
              maxLength={200}
              data-testid="invite-name"
              value={name}
              onChange={(change) => setName(change.target.value)}
            />
          )}
        </Field>
        <Field label="Role" hint={meaningOf(role)}>
          {(ties) => (
            <select
              {...ties}
              data-testid="invite-role"
              value={role}
              onChange={(change) => setRole(change.target.value)}
            >
              {roles.map((one) => (
                <option key={one} value={one}>
                  {roleName(one)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Problem text={act.problem} />
        <div className="actions">
          <button type="submit" className="button primary" data-testid="invite-submit" disabled={act.busy}>
            Send the invitation
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
