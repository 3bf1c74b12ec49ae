/** A field that looks like one more tag. */

import { type FormEvent, useState } from "react";

export function AddTag({ busy, onAdd }: { busy: boolean; onAdd: (tag: string) => void }) {
  const [typed, setTyped] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const tag = typed.trim().toLowerCase();
    if (tag) onAdd(tag);
    setTyped("");
  };
  return (
    <form onSubmit={submit}>
      <input
        className="chip add-tag"
        data-testid="add-tag"
        aria-label="Add a tag"
        placeholder="Add a tag"
        value={typed}
        maxLength={100}
        disabled={busy}
        onChange={(change) => setTyped(change.target.value)}
      />
    </form>
  );
}
