/** A password that can be pasted, filled in by the browser, and looked at. */

import { useState } from "react";
import { Field } from "./Field";

/** As the server limits it. */
const LONGEST = 200;
const LONGEST_TOKEN = 4000;
const ADVICE = "At least 10 characters; a sentence is good.";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** A new one is chosen. */
  fresh?: boolean;
  /** A secret of another program, which may be left out and which the browser does not fill in. */
  token?: boolean;
  hint?: string;
  error?: string;
  testid?: string;
}

export function PasswordField({
  label,
  value,
  onChange,
  fresh = false,
  token = false,
  hint = fresh ? ADVICE : undefined,
  error,
  testid,
}: Props) {
  const [seen, setSeen] = useState(false);
  return (
    <Field label={label} hint={hint} error={error}>
      {(ties) => (
        <span className="password">
          <input
            {...ties}
            type={seen ? "text" : "password"}
            autoComplete={token ? "off" : fresh ? "new-password" : "current-password"}
            data-testid={testid}
            required={!token}
            maxLength={token ? LONGEST_TOKEN : LONGEST}
            value={value}
            onChange={(change) => onChange(change.target.value)}
          />
          <button
            type="button"
            className="text-button"
            aria-pressed={seen}
            aria-label={`Show ${label.toLowerCase()}`}
            onClick={() => setSeen(!seen)}
          >
            {seen ? "Hide" : "Show"}
          </button>
        </span>
      )}
    </Field>
  );
}
