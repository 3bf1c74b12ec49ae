/** A window with a form: fields, what went wrong, a button that does it and one that does not. */

import type { ReactNode } from "react";
import { Dialog } from "./Dialog";
import { FormFoot } from "./FormFoot";
import { useAct } from "./useAct";

interface Props {
  title: string;
  /** What the button says that does it. */
  label: string;
  children: ReactNode;
  /** Does it, and closes the window when it went well. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  wide?: boolean;
  /** `<testid>-dialog` is the window, `<testid>-submit` the button. */
  testid: string;
}

export function FormDialog({ title, label, children, onSubmit, onClose, wide, testid }: Props) {
  const act = useAct();
  return (
    <Dialog wide={wide} title={title} onClose={onClose} testid={`${testid}-dialog`}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void act.run(onSubmit);
        }}
      >
        {children}
        <FormFoot label={label} problem={act.problem} busy={act.busy} onCancel={onClose} testid={`${testid}-submit`} />
      </form>
    </Dialog>
  );
}
