/** One's own password; the owner of this machine may have none, and sets the first one here. */

import { useState } from "react";
import { auth } from "../../api/auth";
import { account } from "../../app/account";
import { PasswordField } from "../../app/PasswordField";
import { PlainForm } from "../../app/PlainForm";

export function PasswordForm({ hasPassword }: { hasPassword: boolean }) {
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = async () => {
    await auth.changePassword(current, fresh);
    setCurrent("");
    setFresh("");
    await account.load();
  };
  return (
    <PlainForm
      label={hasPassword ? "Change password" : "Set the password"}
      done={hasPassword ? "Your password was changed; other sessions were ended." : "Your password is set."}
      onSubmit={change}
    >
      {hasPassword && (
        <PasswordField label="Current password" value={current} onChange={setCurrent} testid="password-current" />
      )}
      <PasswordField fresh label="New password" value={fresh} onChange={setFresh} testid="password-new" />
    </PlainForm>
  );
}
