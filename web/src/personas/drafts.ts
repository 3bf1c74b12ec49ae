/** Unsaved changes outlive the view: somebody who looks something up elsewhere finds them again. Gone with the person. */

import type { PersonaFields, PersonaRow } from "../api/personas";
import { SIGNED_OUT } from "../api/signals";

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

export function keepDraft(persona: string, draft: Draft | undefined): void {
  if (draft) drafts.set(persona, draft);
  else drafts.delete(persona);
}
