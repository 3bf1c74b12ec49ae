import { TextField } from "../../app/TextField";

export function KeyName({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  return (
    <TextField
      label="Name"
      hint="What uses it, such as “website”."
      autoComplete="off"
      required
      maxLength={100}
      testid="key-name"
      value={value}
      onChange={onChange}
    />
  );
}
