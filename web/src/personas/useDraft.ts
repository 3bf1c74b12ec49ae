/** One persona being edited: what is saved, what is not yet, and what to do when somebody else saved first. */

import { useEffect, useState } from "react";
import { ApiError } from "../api/errors";
import { type PersonaFields, type PersonaRow, personas } from "../api/personas";
import { toast } from "../app/toasts";
import { type Act, useAct } from "../app/useAct";
import { draftOf, keepDraft, rebase, rebaseKept } from "./drafts";
import { changedFields, changesOf, fieldsOf } from "./fields";

export interface Editing {
  base: PersonaRow;
  fields: PersonaFields;
  changed: (keyof PersonaFields)[];
  act: Act;
  /** What somebody else saved meanwhile. */
  theirs: PersonaRow | undefined;
  set: <K extends keyof PersonaFields>(field: K, value: PersonaFields[K]) => void;
  save: () => Promise<boolean>;
  discard: () => void;
  keepMine: () => Promise<boolean>;
  takeTheirs: () => void;
  /** A row that the server just gave, such as after going back to a version; what was typed meanwhile stays. */
  adopt: (row: PersonaRow) => void;
}

export function useDraft(row: PersonaRow): Editing {
  const [draft, setDraft] = useState(() => draftOf(row.id) ?? { base: row, fields: fieldsOf(row) });
  const [theirs, setTheirs] = useState<PersonaRow>();
  const act = useAct();
  const { base, fields } = draft;
  const changed = changedFields(base, fields);
  const dirty = changed.length > 0;
  useEffect(() => keepDraft(base.id, dirty ? draft : undefined), [base.id, dirty, draft]);

  const replace = (saved: PersonaRow) => {
    setTheirs(undefined);
    setDraft({ base: saved, fields: fieldsOf(saved) });
  };
  const adopt = (saved: PersonaRow, sent: PersonaFields = fields) => {
    setTheirs(undefined);
    rebaseKept(sent, saved);
    setDraft((old) => rebase(old, sent, saved));
  };
  const store = (version: number) =>
    act.run(async () => {
      try {
        adopt(await personas.change(base.id, { ...changesOf(base, fields), version }));
        toast("Saved. The next call uses it.");
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "changed_meanwhile") throw error;
        setTheirs(await personas.read(base.id));
      }
    });
  return {
    base,
    fields,
    changed,
    act,
    theirs,
    set: (field, value) => setDraft((old) => ({ ...old, fields: { ...old.fields, [field]: value } })),
    save: () => store(base.version),
    discard: () => replace(base),
    keepMine: () => store(theirs?.version ?? base.version),
    takeTheirs: () => theirs && replace(theirs),
    adopt: (saved) => adopt(saved),
  };
}
