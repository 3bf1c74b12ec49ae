/** A short form in a page: fields, what went wrong, one button; a toast says that it is done. */

import type { FormEvent, ReactNode } from "react";
import { Problem } from "./Problem";
import { toast } from "./toasts";
import { useAct } from "./useAct";

interface Props {
  /** What the button says. */
  label: string;
  /** What the toast says afterwards. */
  done: string;
  /** False while there is nothing to save. */
  ready?: boolean;
  onSubmit: () => Promise<unknown>;
  children: ReactNode;
  testid?: string;
}

export function PlainForm({ label, done, ready = true, onSubmit, children, testid }: Props) {
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await act.run(onSubmit)) toast(done);
  };
  return (
    <form className="form form-narrow" onSubmit={(event) => void submit(event)}>
      {children}
      <Problem text={act.problem} />
      <div className="actions">
        <button type="submit" className="button" data-testid={testid} disabled={act.busy || !ready}>
          {label}
        </button>
      </div>
    </form>
  );
}
