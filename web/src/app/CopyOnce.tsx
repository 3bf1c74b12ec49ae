/** A secret or link that is shown this once: to read, to copy, and to be told that it was copied. */

import { useRef, useState } from "react";
import { CheckIcon } from "./icons";

export function CopyOnce({ label, value, testid }: { label: string; value: string; testid?: string }) {
  const [told, setTold] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setTold("Copied");
    } catch {
      // Without permission, or on plain HTTP, the browser lets only the person copy.
      field.current?.select();
      setTold("Selected: press Ctrl+C or ⌘C");
    }
  };
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
      <span className="copied small" role="status">
        {told === "Copied" && <CheckIcon />}
        {told}
      </span>
    </div>
  );
}
