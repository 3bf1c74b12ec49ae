/** The fields of scheduling preferences. */

import { type FormEvent, useState } from "react";
import { calendar, type Preferences } from "../../api/calendar";
import { WEEKDAYS } from "../../api/personas";
import { Field } from "../../app/Field";
import { FormFoot } from "../../app/FormFoot";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { ZoneField } from "../../app/ZoneField";
import { DayHours } from "../../personas/HoursField";
import { problemOfHours } from "../../personas/hours";
import { Chips } from "../editor/Chips";
import { LunchField } from "./LunchField";
import { bodyOf, chipsOf, DISLIKES, HOLIDAYS, hoursOf, LIKES, weekOf } from "./preferences";

export function PreferencesForm({ known, onClose }: { known: Preferences; onClose: () => void }) {
  const [draft, setDraft] = useState(known);
  const act = useAct();
  const set = (change: Partial<Preferences>) => setDraft({ ...draft, ...change });
  const hours = hoursOf(draft);
  const save = async (submit: FormEvent) => {
    submit.preventDefault();
    const saved = await act.run(async () => {
      const problem = problemOfHours(hours);
      if (problem) throw new Error(problem);
      await calendar.prefer(draft.of, bodyOf(known, draft));
    });
    if (!saved) return;
    onClose();
    toast("Kept. Free times are looked for accordingly.");
  };
  const minutes = (label: string, name: "buffer_before_min" | "buffer_after_min" | "travel_min") => (
    <Field label={label}>
      {(ties) => (
        <input
          {...ties}
          type="number"
          min={0}
          max={240}
          step={5}
          required
          data-testid={`preferences-${name}`}
          value={draft[name]}
          onChange={(change) => set({ [name]: change.target.valueAsNumber || 0 })}
        />
      )}
    </Field>
  );
  return (
    <form className="form" onSubmit={(submit) => void save(submit)}>
      <fieldset className="fieldset">
        <legend>Working hours</legend>
        <div className="days">
          {WEEKDAYS.map((day) => (
            <DayHours
              key={day}
              day={day}
              ranges={hours[day]}
              onChange={(ranges) =>
                set({ working_hours: weekOf({ ...hours, [day]: ranges ?? [] }) as typeof draft.working_hours })
              }
            />
          ))}
        </div>
      </fieldset>
      <LunchField value={draft.lunch} onChange={(lunch) => set({ lunch })} />
      <div className="field-pair">
        {minutes("Minutes free before", "buffer_before_min")}
        {minutes("Minutes free after", "buffer_after_min")}
        {minutes("Minutes between places", "travel_min")}
      </div>
      <Chips
        legend="Rather"
        options={chipsOf(LIKES, draft.prefers)}
        chosen={draft.prefers}
        onChange={(prefers) => set({ prefers })}
      />
      <Chips
        legend="Rather not"
        options={chipsOf(DISLIKES, draft.avoids)}
        chosen={draft.avoids}
        onChange={(avoids) => set({ avoids })}
      />
      <div className="field-pair">
        <Field label="Public holidays are free">
          {(ties) => (
            <select {...ties} value={draft.holidays} onChange={(change) => set({ holidays: change.target.value })}>
              <option value="">No holidays</option>
              {Object.entries(HOLIDAYS).map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <ZoneField none="As the organisation’s" value={draft.timezone} onChange={(timezone) => set({ timezone })} />
      </div>
      <FormFoot label="Save" problem={act.problem} busy={act.busy} onCancel={onClose} testid="preferences-submit" />
    </form>
  );
}
