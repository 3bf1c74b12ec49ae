import type { Member } from "../../api/people";
import { Field } from "../../app/Field";
import type { Wanted } from "./AuditView";
import { PERIODS } from "./period";
import { KINDS } from "./words";

interface Props {
  wanted: Wanted;
  members: Member[];
  onChange: (wanted: Wanted) => void;
}

export function Filters({ wanted, members, onChange }: Props) {
  return (
    <search className="filters" aria-label="Audit log">
      <Field label="Who">
        {(ties) => (
          <select
            {...ties}
            data-testid="audit-who"
            value={wanted.who}
            onChange={(change) => onChange({ ...wanted, who: change.target.value })}
          >
            <option value="">Everybody</option>
            {members.map((member) => (
              <option key={member.id} value={member.id}>
                {member.name || member.email}
                {member.deleted_at ? " (removed)" : ""}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="What">
        {(ties) => (
          <select
            {...ties}
            data-testid="audit-kind"
            value={wanted.kind}
            onChange={(change) => onChange({ ...wanted, kind: change.target.value })}
          >
            <option value="">Everything</option>
            {Object.entries(KINDS).map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="When">
        {(ties) => (
          <select
            {...ties}
            data-testid="audit-when"
            value={wanted.days}
            onChange={(change) => onChange({ ...wanted, days: Number(change.target.value) })}
          >
            {PERIODS.map((period) => (
              <option key={period.days} value={period.days}>
                {period.name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </search>
  );
}
