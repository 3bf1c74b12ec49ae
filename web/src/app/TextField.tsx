/** One line of text with its label; every other attribute goes to the input. */

import type { ComponentProps, ReactNode } from "react";
import { Field } from "./Field";

interface Props extends Omit<ComponentProps<"input">, "onChange" | "value"> {
  label: string;
  hint?: ReactNode;
  value: string;
  onChange: (value: string) => void;
  testid?: string;
}

export function TextField({ label, hint, value, onChange, testid, ...input }: Props) {
  return (
    <Field label={label} hint={hint}>
      {(ties) => (
        <input
          {...ties}
          {...input}
          data-testid={testid}
          value={value}
          onChange={(change) => onChange(change.target.value)}
        />
      )}
    </Field>
  );
}
