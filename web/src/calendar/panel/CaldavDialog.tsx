/** Connects a CalDAV account with a password, or one again whose password changed. */

import { useState } from "react";
import { type Account, accounts } from "../../api/calendarAccounts";
import { FormDialog } from "../../app/FormDialog";
import { PasswordField } from "../../app/PasswordField";
import { TextField } from "../../app/TextField";
import { toast } from "../../app/toasts";

interface Props {
  again?: Account;
  onClose: () => void;
  onConnected: () => void;
}

export function CaldavDialog({ again, onClose, onConnected }: Props) {
  const [server, setServer] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const connect = async () => {
    const { account } = again
      ? await accounts.reconnect(again.id, password)
      : await accounts.connect({ provider: "caldav", server_url: server.trim(), username: name.trim(), password });
    onClose();
    toast(`${account?.label ?? "The account"} is connected.`);
    onConnected();
  };
  const title = again ? `Connect ${again.label} again` : "Connect a CalDAV account";
  return (
    <FormDialog title={title} label="Connect" onSubmit={connect} onClose={onClose} testid="caldav">
      {!again && (
        <>
          <TextField
            label="Server address"
            hint="Such as https://caldav.fastmail.com or your Nextcloud’s address."
            type="url"
            required
            maxLength={500}
            testid="caldav-server"
            value={server}
            onChange={setServer}
          />
          <TextField
            label="User name"
            autoComplete="off"
            required
            maxLength={320}
            testid="caldav-user"
            value={name}
            onChange={setName}
          />
        </>
      )}
      <PasswordField
        label="Password"
        hint="Where the provider has app passwords, use one of those."
        value={password}
        onChange={setPassword}
        testid="caldav-password"
      />
    </FormDialog>
  );
}
