/** A control with its label, hint and error, tied together for screen readers. */

import { type ReactNode, useId } from "react";

export interface Ties {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface Props {
  label: string;
  hint?: ReactNode;
  error?: string;
  children: (ties: Ties) => ReactNode;
}

export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p className="muted small" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error small" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
