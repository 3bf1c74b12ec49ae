/** Unsaved changes outlive the view: somebody who looks something up elsewhere finds them again. Gone with the person. */

import type { PersonaFields, PersonaRow } from "../api/personas";
import { SIGNED_OUT } from "../api/signals";
import { afterSaving, changedFields } from "./fields";

export interface Draft {
  /** The row the person began to change. */
  base: PersonaRow;
  fields: PersonaFields;
}

const drafts = new Map<string, Draft>();
window.addEventListener(SIGNED_OUT, () => drafts.clear());
window.addEventListener("beforeunload", (event) => {
  if (drafts.size > 0) event.preventDefault();
});

export function draftOf(persona: string): Draft | undefined {
  return drafts.get(persona);
}

/** A save came back: the new ground, with what was typed since; the view may have been left meanwhile. */
export function rebase(draft: Draft, sent: PersonaFields, saved: PersonaRow): Draft {
  return { base: saved, fields: afterSaving(sent, draft.fields, saved) };
}

export function rebaseKept(sent: PersonaFields, saved: PersonaRow): void {
  const kept = drafts.get(saved.id);
  if (!kept) return;
  const next = rebase(kept, sent, saved);
  keepDraft(saved.id, changedFields(next.base, next.fields).length > 0 ? next : undefined);
}

export function keepDraft(persona: string, draft: Draft | undefined): void {
  if (draft) drafts.set(persona, draft);
  else drafts.delete(persona);
}
