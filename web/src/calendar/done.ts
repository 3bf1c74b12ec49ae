/** Says what was done to the calendar, with the way back. */

import { calendar } from "../api/calendar";
import { sentenceOf } from "../api/errors";
import { toast } from "../app/toasts";

/** `change` missing: nothing changed, so there is nothing to take back. */
export function toldWithUndo(text: string, change: string | null | undefined, reload: () => void): void {
  reload();
  const undo = async () => {
    try {
      const { left, message } = await calendar.undo(change);
      // The toast says "Undone." unless it has a sentence to say instead.
      if (left.length > 0) throw new Error(message);
    } finally {
      reload();
    }
  };
  toast(text, change ? undo : undefined);
}

/** Takes back what this person changed last, also after its toast has gone. */
export async function undoLast(reload: () => void): Promise<void> {
  try {
    toast((await calendar.undo()).message || "Undone.");
  } catch (error) {
    toast(sentenceOf(error));
  }
  reload();
}
