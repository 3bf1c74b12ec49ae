/** The end of a form: what went wrong, the button that does it, and the way out. */

import { Problem } from "./Problem";

interface Props {
  label: string;
  problem: string | undefined;
  busy: boolean;
  onCancel: () => void;
  testid?: string;
}

export function FormFoot({ label, problem, busy, onCancel, testid }: Props) {
  return (
    <>
      <Problem text={problem} />
      <div className="actions">
        <button type="submit" className="button primary" data-testid={testid} disabled={busy}>
          {label}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </>
  );
}
