/**
 * The citation a person followed last, so that the document's page can mark what was quoted. The address only names the
 * page: a quotation is not for an address, which is kept in histories and logs. Forgets with the person who signs out.
 */

import type { Citation } from "../../api/knowledge";
import { SIGNED_OUT } from "../../api/signals";

let followed: Citation | undefined;
window.addEventListener(SIGNED_OUT, () => keepCited(undefined));

export function keepCited(citation: Citation | undefined): void {
  followed = citation;
}

/** What was quoted on this page, if it was come here for. */
export function citedOn(document: string, page: number): Citation | undefined {
  return followed?.document_id === document && followed.page === page ? followed : undefined;
}
