/** Removes a row; what it was is named for those who only hear the button. */

import { TrashIcon } from "./icons";

export function RemoveButton({ name, busy, onClick }: { name: string; busy: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      className="plain-icon"
      aria-label={`Remove ${name}`}
      title={`Remove ${name}`}
      disabled={busy}
      onClick={onClick}
    >
      <TrashIcon />
    </button>
  );
}
