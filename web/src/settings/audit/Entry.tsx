/** One change as a sentence; opened, what it was before and is after. */

import type { AuditEntry } from "../../api/audit";
import { DownIcon } from "../../app/icons";
import { exactly, timeOf } from "../../app/times";
import { changedFields, type Names, sentenceOfEntry } from "./sentence";
import { fieldName, valueText } from "./words";

const CHANNELS: Record<string, string> = { cli: "on the command line", call: "in a call", job: "in the background" };

export function Entry({ entry, names }: { entry: AuditEntry; names: Names }) {
  const { origin, actor } = entry;
  const channel = CHANNELS[origin.channel ?? ""];
  const facts = [
    timeOf(new Date(entry.at)),
    origin.address && `from ${origin.address}`,
    channel,
    actor.key_id && `with the key ${names.get(actor.key_id) ?? "of an earlier time"}`,
  ].filter(Boolean);
  return (
    <li>
      <details className="audit-entry" data-testid="audit-entry" data-action={entry.action}>
        <summary>
          <span className="row-main">
            <span className="audit-sentence">{sentenceOfEntry(entry, names)}</span>
            <time className="muted small" dateTime={entry.at}>
              {facts.join(" · ")}
            </time>
          </span>
          <DownIcon />
        </summary>
        <Detail entry={entry} />
      </details>
    </li>
  );
}

function Detail({ entry }: { entry: AuditEntry }) {
  const fields = changedFields(entry);
  return (
    <div className="audit-detail">
      {fields.length > 0 && (
        <table className="changes">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ field, before, after }) => (
              <tr key={field}>
                <th scope="row">{fieldName(field)}</th>
                <td>{valueText(before)}</td>
                <td>{valueText(after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="muted small">
        {exactly(entry.at)} · {entry.action}
        {entry.origin.request_id && ` · request ${entry.origin.request_id}`}
      </p>
    </div>
  );
}
