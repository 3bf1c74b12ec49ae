/** Reads an .ics file into a calendar that is kept here, and says what became of it. */

import { useState } from "react";
import type { Calendar } from "../../api/calendar";
import { files, type Imported } from "../../api/calendarFiles";
import { Dialog } from "../../app/Dialog";
import { Field } from "../../app/Field";
import { FormDialog } from "../../app/FormDialog";
import { plural } from "../../app/times";

interface Props {
  calendars: Calendar[];
  onClose: () => void;
  onImported: () => void;
}

export function ImportDialog({ calendars, onClose, onImported }: Props) {
  const here = calendars.filter((one) => one.account_id === null && one.writable);
  const [calendar, setCalendar] = useState(here[0]?.id ?? "");
  const [file, setFile] = useState<File>();
  const [done, setDone] = useState<Imported>();
  const read = async () => {
    if (!file) throw new Error("Choose a file first.");
    setDone(await files.import(file, calendar));
    onImported();
  };
  if (done) return <Outcome done={done} onClose={onClose} />;
  return (
    <FormDialog title="Import a calendar file" label="Import" onSubmit={read} onClose={onClose} testid="import">
      <Field label="File" hint="An .ics file of up to 10 MB. The same file again changes nothing.">
        {(ties) => (
          <input
            {...ties}
            type="file"
            accept=".ics,text/calendar"
            data-testid="import-file"
            onChange={(change) => setFile(change.target.files?.[0])}
          />
        )}
      </Field>
      <Field label="Into">
        {(ties) => (
          <select {...ties} value={calendar} onChange={(change) => setCalendar(change.target.value)}>
            {here.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </FormDialog>
  );
}

function Outcome({ done, onClose }: { done: Imported; onClose: () => void }) {
  const { added, changed, conflicts, problems } = done;
  return (
    <Dialog title="The file is read" onClose={onClose} testid="import-done">
      <div className="form">
        <p>
          {plural(added, "event")} added, {changed} changed.
          {conflicts > 0 &&
            ` ${plural(conflicts, "event")} to come ${conflicts === 1 ? "overlaps" : "overlap"} what was there before.`}
        </p>
        {problems.length > 0 && (
          <>
            <p className="told-once">{plural(problems.length, "thing")} to look at:</p>
            <ul className="cal-clashes small">
              {problems.map((one) => (
                <li key={`${one.line} ${one.uid} ${one.sentence}`}>
                  {one.line > 0 && `Line ${one.line}: `}
                  {one.sentence}
                </li>
              ))}
            </ul>
          </>
        )}
        <div className="actions">
          <button type="button" className="button primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
