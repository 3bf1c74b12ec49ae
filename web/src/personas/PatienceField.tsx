/** How long it waits when a caller pauses: as a whole, and after single kinds of questions. */

import { QUESTIONS, type Question } from "../api/personas";
import { Field } from "../app/Field";
import { patienceText, QUESTION_NAMES } from "./fields";
import type { Editing } from "./useDraft";

const LEAST = 0.5;
const MOST = 2;

export function PatienceField({ editing }: { editing: Editing }) {
  return (
    <>
      <Always editing={editing} />
      <ByQuestion editing={editing} />
    </>
  );
}

function Always({ editing }: { editing: Editing }) {
  const { fields, set } = editing;
  const factor = fields.patience ?? 1;
  return (
    <Field
      label="Patience with pauses"
      hint="How long it waits when a caller pauses: less answers sooner, more lets people think."
    >
      {(ties) => (
        <div className="patience">
          <input
            {...ties}
            type="range"
            min={LEAST}
            max={MOST}
            step={0.1}
            data-testid="persona-patience"
            aria-valuetext={patienceText(factor)}
            value={factor}
            onChange={(change) => set("patience", change.target.valueAsNumber)}
          />
          <output className="muted small">{patienceText(factor)}</output>
        </div>
      )}
    </Field>
  );
}

function ByQuestion({ editing }: { editing: Editing }) {
  const { fields, set } = editing;
  const factors = fields.patience_by_question ?? {};
  const change = (kind: Question, factor: number) => {
    const { [kind]: _before, ...others } = factors;
    set("patience_by_question", Number.isNaN(factor) ? others : { ...others, [kind]: factor });
  };
  return (
    <fieldset className="fieldset" data-testid="persona-patience-by-question">
      <legend>Patience by question</legend>
      <p className="muted small">
        A factor from {LEAST} to {MOST} for the answer to one kind of question. Empty: as above.
      </p>
      <div className="questions">
        {QUESTIONS.map((kind) => (
          <Field key={kind} label={QUESTION_NAMES[kind]}>
            {(ties) => (
              <input
                {...ties}
                className="short"
                type="number"
                min={LEAST}
                max={MOST}
                step="any"
                placeholder={String(fields.patience ?? 1)}
                data-testid={`persona-patience-${kind}`}
                value={factors[kind] ?? ""}
                onChange={(changed) => change(kind, changed.target.valueAsNumber)}
              />
            )}
          </Field>
        ))}
      </div>
    </fieldset>
  );
}
