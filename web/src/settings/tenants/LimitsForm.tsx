/** The limits of a tenant; an empty one does not limit. */

import { type FormEvent, useState } from "react";
import { type Limits, type Tenant, tenants } from "../../api/tenants";
import { Field } from "../../app/Field";
import { FormFoot } from "../../app/FormFoot";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { bytesOf, gigabytesOf } from "./amounts";

const FIELDS: { field: keyof Limits; label: string; least: number }[] = [
  { field: "storage_limit_bytes", label: "Storage, GB", least: 0 },
  { field: "minutes_limit", label: "Minutes of calls a month", least: 0 },
  { field: "calls_limit", label: "Calls at the same time", least: 0 },
  { field: "requests_limit", label: "Requests a minute", least: 1 },
];

interface Props {
  row: Tenant;
  onClose: () => void;
  onSaved: () => void;
}

export function LimitsForm({ row, onClose, onSaved }: Props) {
  const [limits, setLimits] = useState<Limits>({
    storage_limit_bytes: row.storage_limit_bytes,
    minutes_limit: row.minutes_limit,
    calls_limit: row.calls_limit,
    requests_limit: row.requests_limit,
  });
  const act = useAct();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await act.run(() => tenants.change(row.id, limits)))) return;
    toast(`The limits of ${row.name} were changed.`);
    onSaved();
  };
  const show = (field: keyof Limits) => {
    const value = limits[field];
    if (value === null) return "";
    return field === "storage_limit_bytes" ? gigabytesOf(value) : value;
  };
  const set = (field: keyof Limits, value: number) => {
    const kept = field === "storage_limit_bytes" ? bytesOf(value) : value;
    setLimits((old) => ({ ...old, [field]: Number.isNaN(value) ? null : kept }));
  };
  return (
    <form className="form limits-form" onSubmit={(event) => void submit(event)}>
      <div className="field-pair">
        {FIELDS.map(({ field, label, least }) => (
          <Field key={field} label={label}>
            {(ties) => (
              <input
                {...ties}
                type="number"
                min={least}
                step={field === "storage_limit_bytes" ? "any" : 1}
                placeholder="No limit"
                value={show(field)}
                onChange={(change) => set(field, change.target.valueAsNumber)}
              />
            )}
          </Field>
        ))}
      </div>
      <FormFoot label="Save limits" problem={act.problem} busy={act.busy} onCancel={onClose} />
    </form>
  );
}
