/** All tenants of the installation, for those who operate it. */

import { useState } from "react";
import { tenants } from "../../api/tenants";
import { useResource } from "../../api/useResource";
import { Bin } from "../../app/Bin";
import { PlusIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { plural } from "../../app/times";
import { LinkDialog } from "../members/LinkDialog";
import { NewTenantDialog } from "./NewTenantDialog";
import { TenantRow } from "./TenantRow";

export default function TenantsView() {
  const list = useResource(() => tenants.list(false), "tenants");
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ name: string; url: string }>();
  const [turn, setTurn] = useState(0);
  const changed = () => {
    setTurn((old) => old + 1);
    list.reload();
  };
  const rows = list.data?.items;
  return (
    <section aria-labelledby="tenants-title">
      <div className="section-head">
        <h2 id="tenants-title">Tenants</h2>
        {rows && <span className="muted">{plural(rows.length, "tenant")} on this installation</span>}
        <button type="button" className="button primary" data-testid="tenant-new" onClick={() => setMaking(true)}>
          <PlusIcon /> New tenant
        </button>
      </div>
      <Problem text={list.error} />
      <Rows>
        {rows?.map((row) => (
          <TenantRow key={row.id} row={row} onChange={changed} />
        ))}
      </Rows>
      <Bin
        noun="tenant"
        warning="All its people, documents and conversations are deleted. This cannot be undone."
        turn={turn}
        load={async () => ({
          items: (await tenants.list(true)).items.map((row) => ({
            id: row.id,
            name: row.name,
            detail: row.purging_at ? "being removed for good" : row.slug,
            at: row.deleted_at ?? null,
          })),
        })}
        restore={tenants.restore}
        purge={tenants.purge}
        onChange={list.reload}
      />
      {making && (
        <NewTenantDialog
          onClose={() => setMaking(false)}
          onMade={(name, url) => {
            setMaking(false);
            setMade({ name, url });
            changed();
          }}
        />
      )}
      {made && <LinkDialog name={made.name} url={made.url} onClose={() => setMade(undefined)} />}
    </section>
  );
}
