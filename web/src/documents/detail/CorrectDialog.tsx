/** Puts right what was understood; a later analysis leaves it as the person said. */

import { useState } from "react";
import { documents, type FileRow } from "../../api/documents";
import { Field } from "../../app/Field";
import { FormDialog } from "../../app/FormDialog";
import { TextField } from "../../app/TextField";
import { toast } from "../../app/toasts";
import { languageName, nameOf } from "../words";

const LANGUAGES = "en de fr es it pt nl pl sv da no fi cs tr ru uk ar he zh ja ko".split(" ");

export function CorrectDialog({ row, onDone, onClose }: { row: FileRow; onDone: () => void; onClose: () => void }) {
  const [title, setTitle] = useState(nameOf(row));
  const [category, setCategory] = useState(row.category ?? "");
  const [language, setLanguage] = useState(row.language ?? "");
  const codes = [...new Set([...LANGUAGES, ...(row.language ? [row.language] : [])])];
  const save = async () => {
    // Only what was changed: what is not sent may still be found better by a later analysis.
    const changed = Object.entries({ title: title.trim(), category: category.trim(), language }).filter(
      ([name, value]) => value !== (row[name as "title" | "category" | "language"] ?? ""),
    );
    if (changed.length) await documents.change(row.upload_id, Object.fromEntries(changed));
    toast("Kept.");
    onDone();
    onClose();
  };
  return (
    <FormDialog title="Correct this document" label="Save" onSubmit={save} onClose={onClose} testid="correct">
      <TextField
        label="Title"
        required
        maxLength={200}
        value={title}
        onChange={setTitle}
        testid="correct-title"
        hint="Spoken when it is cited."
      />
      <TextField label="Category" maxLength={100} value={category} onChange={setCategory} testid="correct-category" />
      <Field label="Language">
        {(ties) => (
          <select {...ties} value={language} onChange={(change) => setLanguage(change.target.value)}>
            <option value="">Not known</option>
            {codes.map((code) => (
              <option key={code} value={code}>
                {languageName(code)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}
