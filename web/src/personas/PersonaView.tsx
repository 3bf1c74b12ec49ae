/** One persona: the editor, and beside it the preview and the versions, so that one edits, saves, talks. */

import "./personas.css";
import "./personas-narrow.css";
import "./hours.css";
import { type Choices, type PersonaRow, personas } from "../api/personas";
import { useResource } from "../api/useResource";
import { hasPersonas } from "../app/access";
import { useMe } from "../app/account";
import { LeftIcon } from "../app/icons";
import { Problem } from "../app/Problem";
import { link } from "../app/router";
import { toast } from "../app/toasts";
import { Closed } from "./Closed";
import { ConflictNotice } from "./ConflictNotice";
import { Editor } from "./Editor";
import { Preview } from "./Preview";
import { SaveBar } from "./SaveBar";
import { type Editing, useDraft } from "./useDraft";
import { Versions } from "./Versions";

export default function PersonaView({ id }: { id: string }) {
  const me = useMe();
  const row = useResource(() => personas.read(id), `persona-${id}`);
  const choices = useResource(personas.choices, "choices");
  if (!hasPersonas(me)) return <Closed me={me} />;
  return (
    <div className="page page-wide">
      <a className="back" href={link("/personas")}>
        <LeftIcon /> Personas
      </a>
      <Problem text={row.error ?? choices.error} />
      {row.data && choices.data && <Persona key={row.data.id} row={row.data} choices={choices.data} />}
    </div>
  );
}

function Persona({ row, choices }: { row: PersonaRow; choices: Choices }) {
  const editing = useDraft(row);
  return (
    <>
      <Head editing={editing} />
      {editing.theirs && <ConflictNotice editing={editing} theirs={editing.theirs} />}
      <div className="persona">
        <Editor editing={editing} choices={choices} />
        <aside className="persona-side" aria-label="Beside the editor">
          <Preview slug={editing.base.slug} name={editing.base.name} editing={editing} />
          <Versions editing={editing} />
        </aside>
      </div>
      <SaveBar editing={editing} />
    </>
  );
}

function Head({ editing }: { editing: Editing }) {
  const { base, act, changed } = editing;
  const makeDefault = () =>
    act.run(async () => {
      const saved = await personas.change(base.id, { is_default: true });
      editing.adopt(saved);
      toast(`${saved.name} answers by default now.`);
    });
  return (
    <header className="page-head page-head-actions">
      <h1>
        {base.name} {base.is_default && <span className="badge badge-accent">Default</span>}
      </h1>
      {!base.is_default && (
        <button
          type="button"
          className="button"
          data-testid="persona-default"
          disabled={act.busy || changed.length > 0}
          title={changed.length > 0 ? "Save or discard your changes first" : undefined}
          onClick={() => void makeDefault()}
        >
          Make it the default
        </button>
      )}
    </header>
  );
}
