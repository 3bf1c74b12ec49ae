/** API keys: what programs use to act for a person. */

import { useState } from "react";
import { type Key, keys } from "../../api/people";
import { useResource } from "../../api/useResource";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { Bin } from "../../app/Bin";
import { CopyOnce } from "../../app/CopyOnce";
import { Dialog } from "../../app/Dialog";
import { PlusIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { Rows } from "../../app/Rows";
import { KeyDialog } from "./KeyDialog";
import { KeyRow } from "./KeyRow";

export default function KeysView() {
  const me = useMe();
  const list = useResource(() => keys.list(false), "keys");
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Key & { key: string }>();
  const [turn, setTurn] = useState(0);
  const writes = may(me, "keys:write");
  const changed = () => {
    setTurn((old) => old + 1);
    list.reload();
  };
  const rows = list.data?.items;

  return (
    <section aria-labelledby="keys-title">
      <div className="section-head">
        <h2 id="keys-title">API keys</h2>
        <span className="muted">A key never does more than the person it belongs to.</span>
        {writes && (
          <button type="button" className="button primary" data-testid="key-new" onClick={() => setMaking(true)}>
            <PlusIcon /> New key
          </button>
        )}
      </div>
      <Problem text={list.error} />
      {rows?.length === 0 && <p className="muted empty">No keys. Programs need one to use the HTTP interface.</p>}
      <Rows>
        {rows?.map((one) => (
          <KeyRow key={one.id} row={one} writes={writes} onChange={changed} />
        ))}
      </Rows>
      {writes && (
        <Bin
          noun="key"
          warning="Its entry disappears from this list for ever. This cannot be undone."
          turn={turn}
          load={async () => ({ items: (await keys.list(true)).items.map(removedOf) })}
          restore={keys.restore}
          purge={keys.purge}
          onChange={list.reload}
        />
      )}
      {making && (
        <KeyDialog
          onClose={() => setMaking(false)}
          onMade={(row) => {
            setMaking(false);
            setMade(row);
            changed();
          }}
        />
      )}
      {made && <MadeDialog row={made} onClose={() => setMade(undefined)} />}
    </section>
  );
}

/** Only closes with its button: a stray Escape must not lose the one look at the key. */
function MadeDialog({ row, onClose }: { row: Key & { key: string }; onClose: () => void }) {
  return (
    <Dialog title={`The key “${row.name}”`} testid="key-made">
      <div className="form">
        <p>
          Copy it now and keep it where secrets are kept. <strong>It is shown this once</strong>; afterwards only its
          beginning, {row.hint}…, is known here.
        </p>
        <CopyOnce label="API key" value={row.key} testid="key-value" />
        <div className="actions">
          <button type="button" className="button" data-testid="key-done" onClick={onClose}>
            I have copied it
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function removedOf(row: Key) {
  return { id: row.id, name: row.name, detail: `${row.hint}…`, at: row.revoked_at };
}
