/** A secret or link that is shown this once: to read, to copy, and to be told that it was copied. */

import { useRef } from "react";
import { useCopy } from "./useCopy";

export function CopyOnce({ label, value, testid }: { label: string; value: string; testid?: string }) {
  const field = useRef<HTMLInputElement>(null);
  const { copy, told } = useCopy(value, () => field.current?.select());
  return (
    <div className="copy-once">
      <input
        ref={field}
        readOnly
        aria-label={label}
        data-testid={testid}
        value={value}
        onFocus={(focus) => focus.target.select()}
      />
      <button type="button" className="button primary" onClick={() => void copy()}>
        Copy
      </button>
      {told}
    </div>
  );
}
