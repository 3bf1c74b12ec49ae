/** How words of the house are said aloud: names, streets, products that a voice reads wrongly. */

import { useRef } from "react";
import type { Pronunciation } from "../api/personas";
import { PlusIcon, TrashIcon } from "../app/icons";
import { TextField } from "../app/TextField";

const MOST = 200;

interface Props {
  rows: Pronunciation[];
  onChange: (rows: Pronunciation[]) => void;
}

export function PronunciationsField({ rows, onChange }: Props) {
  const add = useRef<HTMLButtonElement>(null);
  const set = (index: number, row: Pronunciation) => onChange(rows.map((one, at) => (at === index ? row : one)));
  return (
    <fieldset className="fieldset" data-testid="persona-pronunciations">
      <legend>Pronunciations</legend>
      <p className="muted small">What is shown stays as it is written; aloud it is said as you write it here.</p>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place in the list
        <fieldset className="contact pronunciation" key={index}>
          <legend className="visually-hidden">Pronunciation {index + 1}</legend>
          <TextField
            label="Written"
            required
            maxLength={120}
            testid={`persona-written-${index}`}
            placeholder="Xiomara"
            value={row.written}
            onChange={(written) => set(index, { ...row, written })}
          />
          <TextField
            label="Said"
            required
            maxLength={120}
            testid={`persona-spoken-${index}`}
            placeholder="see oh mara"
            value={row.spoken}
            onChange={(spoken) => set(index, { ...row, spoken })}
          />
          <button
            type="button"
            className="plain-icon"
            aria-label={`Remove pronunciation ${row.written || index + 1}`}
            onClick={() => {
              onChange(rows.filter((_one, at) => at !== index));
              add.current?.focus();
            }}
          >
            <TrashIcon />
          </button>
        </fieldset>
      ))}
      <div>
        <button
          ref={add}
          type="button"
          className="button small-button"
          data-testid="persona-add-pronunciation"
          disabled={rows.length >= MOST}
          onClick={() => onChange([...rows, { written: "", spoken: "" }])}
        >
          <PlusIcon /> Add a pronunciation
        </button>
      </div>
    </fieldset>
  );
}
