/** Where the document was published: what references in APA, MLA, Chicago, BibTeX and RIS are made of. */

import { useState } from "react";
import { documents, type FileRow } from "../../api/documents";
import { Field } from "../../app/Field";
import { FormDialog } from "../../app/FormDialog";
import { TextField } from "../../app/TextField";
import { toast } from "../../app/toasts";
import { capital } from "../words";
import { authorLines, FIELDS, type TextField as Name, TYPES } from "./about";

const HINTS: Partial<Record<Name, string>> = {
  published: "A year, a month or a day: 2017, 2017-12, 2017-12-04",
  doi: "Such as 10.1000/182",
};

export function SourceDialog({ row, onDone, onClose }: { row: FileRow; onDone: () => void; onClose: () => void }) {
  const [authors, setAuthors] = useState(authorLines(row.source?.authors).join("\n"));
  const [source, setSource] = useState(row.source ?? {});
  const set = (name: Name, value: string) => setSource((old) => ({ ...old, [name]: value }));
  const save = async () => {
    const lines = authors.split("\n").map((line) => line.trim());
    const texts = Object.fromEntries(
      [...FIELDS.map(([name]) => name), "type" as const].flatMap((name) =>
        source[name]?.trim() ? [[name, source[name].trim()]] : [],
      ),
    );
    await documents.change(row.upload_id, { source: { ...texts, authors: lines.filter(Boolean) } });
    toast("The source was kept.");
    onDone();
    onClose();
  };
  return (
    <FormDialog wide title="Source" label="Save" onSubmit={save} onClose={onClose} testid="source">
      <Field label="Authors" hint="One a line: Family, Given. Organisations by their name.">
        {(ties) => (
          <textarea
            {...ties}
            data-testid="source-authors"
            rows={3}
            value={authors}
            onChange={(change) => setAuthors(change.target.value)}
          />
        )}
      </Field>
      <Field label="Kind">
        {(ties) => (
          <select {...ties} value={source.type ?? ""} onChange={(change) => set("type", change.target.value)}>
            <option value="">Not said</option>
            {TYPES.map((type) => (
              <option key={type} value={type}>
                {capital(type)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className="field-pair">
        {FIELDS.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            hint={HINTS[name]}
            maxLength={name === "url" ? 2000 : 300}
            value={source[name] ?? ""}
            onChange={(value) => set(name, value)}
            testid={`source-${name}`}
          />
        ))}
      </div>
    </FormDialog>
  );
}
