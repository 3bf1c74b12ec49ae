import { useState } from "react";
import { auth } from "../../api/auth";
import { account } from "../../app/account";
import { PlainForm } from "../../app/PlainForm";
import { TextField } from "../../app/TextField";

export function NameForm({ name: known }: { name: string }) {
  const [name, setName] = useState(known);
  const rename = async () => {
    await auth.rename(name.trim());
    await account.load();
  };
  const ready = name.trim() !== known && name.trim() !== "";
  return (
    <PlainForm label="Change name" done="Your name was changed." ready={ready} onSubmit={rename}>
      <TextField
        label="Name"
        hint="As others see it, in the audit log too."
        autoComplete="name"
        required
        maxLength={200}
        testid="account-name"
        value={name}
        onChange={setName}
      />
    </PlainForm>
  );
}
