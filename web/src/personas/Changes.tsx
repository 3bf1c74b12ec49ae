/** What differs between two states of a persona: short fields side by side, long texts line by line. */

import type { PersonaFields } from "../api/personas";
import { changedFields, FIELD_NAMES, textOf } from "./fields";
import { diffLines, nearChanges } from "./lines";

const SIGNS = { gone: "−", new: "+", same: " " } as const;
const MEANINGS = { gone: "Removed: ", new: "Added: ", same: "" } as const;

export function Changes({ before, after }: { before: Partial<PersonaFields>; after: Partial<PersonaFields> }) {
  const fields = changedFields(before, after);
  if (fields.length === 0) return <p className="muted small">Nothing differs.</p>;
  return (
    <dl className="field-changes">
      {fields.map((field) => (
        <div key={field}>
          <dt>{FIELD_NAMES[field]}</dt>
          <dd>
            <TextChange before={textOf(field, before)} after={textOf(field, after)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function TextChange({ before, after }: { before: string; after: string }) {
  const lines = nearChanges(diffLines(before, after));
  return (
    <ul className="lines">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one comparison never move
        <li key={index} className={`line line-${line.kind}`}>
          <span aria-hidden="true">{SIGNS[line.kind]}</span>
          <span>
            <span className="visually-hidden">{MEANINGS[line.kind]}</span>
            {line.text}
          </span>
        </li>
      ))}
    </ul>
  );
}
