/** A new tenant and the invitation of its owner. */

import { useState } from "react";
import { tenants } from "../../api/tenants";
import { FormDialog } from "../../app/FormDialog";
import { TextField } from "../../app/TextField";
import { slugOf } from "./amounts";

interface Props {
  onClose: () => void;
  onMade: (name: string, url: string) => void;
}

export function NewTenantDialog({ onClose, onMade }: Props) {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string>();
  const [email, setEmail] = useState("");
  const short = slug ?? slugOf(name);
  const make = async () => {
    const made = await tenants.create({ slug: short, name: name.trim(), owner_email: email.trim() });
    onMade(`The owner of ${made.name}`, made.invitation_url);
  };
  return (
    <FormDialog title="New tenant" label="Make the tenant" onSubmit={make} onClose={onClose} testid="tenant">
      <TextField
        label="Name"
        required
        maxLength={100}
        autoComplete="off"
        testid="tenant-name"
        value={name}
        onChange={setName}
      />
      <TextField
        label="Short name"
        hint="Small letters, digits and hyphens; it stays."
        required
        maxLength={63}
        pattern="[a-z0-9][a-z0-9\-]*"
        autoComplete="off"
        testid="tenant-slug"
        value={short}
        onChange={setSlug}
      />
      <TextField
        label="Owner’s e-mail"
        hint="They get an invitation."
        type="email"
        required
        autoComplete="off"
        testid="tenant-owner"
        value={email}
        onChange={setEmail}
      />
    </FormDialog>
  );
}
