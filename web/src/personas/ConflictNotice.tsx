/** Somebody else saved first: what they changed, and the choice between both. */

import { useEffect, useRef } from "react";
import type { PersonaRow } from "../api/personas";
import { Changes } from "./Changes";
import { changedFields, FIELD_NAMES } from "./fields";
import type { Editing } from "./useDraft";

export function ConflictNotice({ editing, theirs }: { editing: Editing; theirs: PersonaRow }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const both = changedFields(editing.base, theirs).filter((field) => editing.changed.includes(field));
  return (
    <section className="conflict" data-testid="conflict" aria-labelledby="conflict-title">
      <h2 id="conflict-title" ref={heading} tabIndex={-1}>
        Somebody saved version {theirs.version} while you were editing
      </h2>
      <p>
        {both.length === 0
          ? "You changed different things. Saving yours keeps theirs too."
          : `You both changed: ${both.map((field) => FIELD_NAMES[field].toLowerCase()).join(", ")}. Only one can stay.`}
      </p>
      <details>
        <summary>What they changed</summary>
        <Changes before={editing.base} after={theirs} />
      </details>
      <div className="actions">
        <button
          type="button"
          className="button primary"
          data-testid="conflict-mine"
          disabled={editing.act.busy}
          onClick={() => void editing.keepMine()}
        >
          Save mine over it
        </button>
        <button type="button" className="button" data-testid="conflict-theirs" onClick={editing.takeTheirs}>
          Take theirs, drop mine
        </button>
      </div>
    </section>
  );
}
