/** The tenant's personas: who answers, in which language, with which tools. */

import "./personas.css";
import "./personas-narrow.css";
import { useState } from "react";
import { useLive } from "../api/live";
import { type PersonaRow, personas } from "../api/personas";
import { useResource } from "../api/useResource";
import { hasPersonas } from "../app/access";
import { useMe } from "../app/account";
import { Bin } from "../app/Bin";
import { PersonaIcon, PlusIcon } from "../app/icons";
import { Problem } from "../app/Problem";
import { RemoveButton } from "../app/RemoveButton";
import { Rows } from "../app/Rows";
import { link } from "../app/router";
import { ago } from "../app/times";
import { toast } from "../app/toasts";
import { useAct } from "../app/useAct";
import { useNow } from "../app/useNow";
import { Closed } from "./Closed";
import { NewPersonaDialog } from "./NewPersonaDialog";
import { kindName, languageName } from "./names";

export default function PersonasView() {
  const me = useMe();
  const list = useResource(() => personas.list(false), "personas-all");
  const [making, setMaking] = useState(false);
  const [turn, setTurn] = useState(0);
  const changed = () => {
    setTurn((old) => old + 1);
    list.reload();
  };
  useLive(["persona."], changed);
  if (!hasPersonas(me)) return <Closed me={me} />;
  return (
    <div className="page">
      <header className="page-head page-head-actions">
        <div>
          <h1>Personas</h1>
          <p className="muted">Who answers your calls: what they say, know and may do.</p>
        </div>
        <button type="button" className="button primary" data-testid="persona-new" onClick={() => setMaking(true)}>
          <PlusIcon /> New persona
        </button>
      </header>
      <Problem text={list.error} />
      <Rows>
        {list.data?.items.map((row) => (
          <Row key={row.id} row={row} onChange={changed} />
        ))}
      </Rows>
      <Bin
        noun="persona"
        warning="All its versions are deleted; conversations stay. This cannot be undone."
        turn={turn}
        load={async () => ({
          items: (await personas.list(true)).items.map((row) => ({ id: row.id, name: row.name, at: row.deleted_at })),
        })}
        restore={personas.restore}
        purge={personas.purge}
        onChange={list.reload}
      />
      {making && <NewPersonaDialog onClose={() => setMaking(false)} />}
    </div>
  );
}

function Row({ row, onChange }: { row: PersonaRow; onChange: () => void }) {
  const act = useAct();
  const now = useNow();
  const remove = async () => {
    if (!(await act.run(() => personas.remove(row.id)))) return;
    onChange();
    toast(`${row.name} was removed.`, async () => {
      await personas.restore(row.id);
      onChange();
    });
  };
  return (
    <li className="row" data-testid="persona-row" data-slug={row.slug}>
      <span className="persona-mark" aria-hidden="true">
        <PersonaIcon />
      </span>
      <div className="row-main">
        <span className="row-name">
          <a className="row-link" href={link(`/personas/${encodeURIComponent(row.slug)}`)} data-testid="persona-link">
            {row.name}
          </a>
          {row.is_default && <span className="badge badge-accent">Default</span>}
        </span>
        <span className="muted small">
          {kindName(row.kind)} · {languageName(row.language)} · version {row.version}
          {row.updated_at && `, ${ago(row.updated_at, now)}`}
        </span>
      </div>
      {!row.is_default && <RemoveButton name={row.name} busy={act.busy} onClick={() => void remove()} />}
      <Problem text={act.problem} />
    </li>
  );
}
