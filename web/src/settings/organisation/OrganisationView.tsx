/** The tenant itself: the name that its people see, and the time zone of its appointments. */

import { useState } from "react";
import { tenants } from "../../api/tenants";
import type { Me } from "../../api/types";
import { account, useMe } from "../../app/account";
import { PlainForm } from "../../app/PlainForm";
import { TextField } from "../../app/TextField";
import { ZoneField } from "../../app/ZoneField";

export default function OrganisationView() {
  const me = useMe();
  const { name, timezone } = me.tenant;
  return (
    <section aria-labelledby="organisation-title">
      <div className="section-head">
        <h2 id="organisation-title">Organisation</h2>
        <span className="muted">Short name: {me.tenant.slug}</span>
      </div>
      <OrganisationForm key={`${name} ${timezone}`} tenant={me.tenant} />
    </section>
  );
}

function OrganisationForm({ tenant }: { tenant: Me["tenant"] }) {
  const [name, setName] = useState(tenant.name);
  const [zone, setZone] = useState(tenant.timezone ?? "UTC");
  const save = async () => {
    await tenants.change(tenant.id, { name: name.trim(), timezone: zone });
    await account.load();
  };
  const ready = name.trim() !== "" && (name.trim() !== tenant.name || zone !== tenant.timezone);
  return (
    <PlainForm
      label="Save"
      done="The organisation was changed."
      ready={ready}
      onSubmit={save}
      testid="organisation-save"
    >
      <TextField
        label="Name"
        required
        maxLength={100}
        autoComplete="organization"
        testid="organisation-name"
        value={name}
        onChange={setName}
      />
      <ZoneField value={zone} onChange={setZone} testid="organisation-zone" />
    </PlainForm>
  );
}
