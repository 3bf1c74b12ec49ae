/** Invites somebody by e-mail. */

import { useState } from "react";
import { people } from "../../api/people";
import { Field } from "../../app/Field";
import { FormDialog } from "../../app/FormDialog";
import { TextField } from "../../app/TextField";
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
  const invite = async () => {
    const made = await people.invite({ email: email.trim(), name: name.trim(), role });
    onInvited(made.name || made.email, made.invitation_url);
  };
  return (
    <FormDialog title="Invite somebody" label="Invite" onSubmit={invite} onClose={onClose} testid="invite">
      <TextField
        label="E-mail"
        type="email"
        autoComplete="off"
        required
        testid="invite-email"
        value={email}
        onChange={setEmail}
      />
      <TextField
        label="Name"
        hint="They can change it when they accept."
        autoComplete="off"
        maxLength={200}
        testid="invite-name"
        value={name}
        onChange={setName}
      />
      <Field label="Role" hint={meaningOf(role)}>
        {(ties) => (
          <select {...ties} data-testid="invite-role" value={role} onChange={(change) => setRole(change.target.value)}>
            {roles.map((one) => (
              <option key={one} value={one}>
                {roleName(one)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}
