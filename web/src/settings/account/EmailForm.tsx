/** One's own e-mail address; the password proves that it is not somebody who found the page open. */

import { useState } from "react";
import { people } from "../../api/people";
import type { Me } from "../../api/types";
import { account } from "../../app/account";
import { PasswordField } from "../../app/PasswordField";
import { PlainForm } from "../../app/PlainForm";
import { TextField } from "../../app/TextField";

export function EmailForm({ me, hasPassword }: { me: Me; hasPassword: boolean }) {
  const [email, setEmail] = useState(me.user.email);
  const [current, setCurrent] = useState("");
  const change = async () => {
    await people.change(me.user.id, { email: email.trim(), ...(hasPassword ? { current } : {}) });
    await account.load();
  };
  const ready = email.trim() !== me.user.email && email.trim() !== "";
  return (
    <PlainForm label="Change e-mail" done="Your e-mail was changed." ready={ready} onSubmit={change}>
      <TextField
        label="E-mail"
        type="email"
        autoComplete="email"
        required
        maxLength={254}
        testid="account-email"
        value={email}
        onChange={setEmail}
      />
      {hasPassword && ready && (
        <PasswordField label="Current password" value={current} onChange={setCurrent} testid="email-current" />
      )}
    </PlainForm>
  );
}
