/** The fields of what one wants to be told: the briefing, notices, quiet hours. */

import type { FormEvent } from "react";
import { useState } from "react";
import { WEEK } from "../../api/calendar";
import { type NoticeSettings, notices } from "../../api/notices";
import { Field } from "../../app/Field";
import { FormFoot } from "../../app/FormFoot";
import { plural } from "../../app/times";
import { toast } from "../../app/toasts";
import { useAct } from "../../app/useAct";
import { Chips } from "../editor/Chips";
import { headsUpChoices, problemOf, tells, USUAL } from "./settings";
import { WaysField } from "./WaysField";

const DAYS = WEEK.map((value) => {
  const name = value.charAt(0).toUpperCase() + value.slice(1);
  return { value, name, short: name.slice(0, 3), testid: `notices-day-${value}` };
});

export function SettingsForm({ known, onClose }: { known: NoticeSettings; onClose: () => void }) {
  const [wanted, setWanted] = useState(known);
  const act = useAct();
  const set = (change: Partial<NoticeSettings>) => setWanted({ ...wanted, ...change });
  const save = async (submit: FormEvent) => {
    submit.preventDefault();
    const saved = await act.run(async () => {
      const problem = problemOf(wanted);
      if (problem) throw new Error(problem);
      await notices.set(wanted);
    });
    if (!saved) return;
    onClose();
    toast("Kept. You are told accordingly.");
  };
  return (
    <form className="form" data-testid="notices-form" onSubmit={(submit) => void save(submit)}>
      <Briefing wanted={wanted} set={set} />
      <Notices wanted={wanted} set={set} />
      <Quiet wanted={wanted} set={set} />
      <FormFoot label="Save" problem={act.problem} busy={act.busy} onCancel={onClose} testid="notices-submit" />
    </form>
  );
}

interface Props {
  wanted: NoticeSettings;
  set: (change: Partial<NoticeSettings>) => void;
}

function Briefing({ wanted, set }: Props) {
  const on = wanted.briefing_at !== null;
  return (
    <fieldset className="fieldset cal-group">
      <legend>Daily briefing</legend>
      <Check
        label="Tell me what the day brings"
        testid="notices-briefing"
        checked={on}
        onChange={(now) => set({ briefing_at: now ? USUAL.briefing_at : null })}
      />
      {on && (
        <>
          <div className="field-pair">
            <Field label="At">
              {(ties) => (
                <input
                  {...ties}
                  type="time"
                  required
                  data-testid="notices-briefing-at"
                  value={wanted.briefing_at ?? ""}
                  onChange={(change) => set({ briefing_at: change.target.value })}
                />
              )}
            </Field>
            <WaysField
              legend="It comes"
              testid="briefing"
              value={wanted.briefing_by}
              onChange={(briefing_by) => set({ briefing_by })}
            />
          </div>
          <Chips
            legend="On"
            options={DAYS}
            chosen={wanted.briefing_days}
            onChange={(briefing_days) => set({ briefing_days })}
          />
        </>
      )}
    </fieldset>
  );
}

function Notices({ wanted, set }: Props) {
  return (
    <fieldset className="fieldset cal-group">
      <legend>Notices</legend>
      <div className="field-pair">
        <Field label="Before an event begins">
          {(ties) => (
            <select
              {...ties}
              data-testid="notices-heads-up"
              value={wanted.heads_up_min ?? ""}
              onChange={(change) => set({ heads_up_min: Number(change.target.value) || null })}
            >
              <option value="">No word</option>
              {headsUpChoices(wanted.heads_up_min).map((minutes) => (
                <option key={minutes} value={minutes}>
                  {plural(minutes, "minute")} before
                </option>
              ))}
            </select>
          )}
        </Field>
        {tells(wanted) && (
          <WaysField
            legend="They come"
            testid="notices"
            value={wanted.notices_by}
            onChange={(notices_by) => set({ notices_by })}
          />
        )}
      </div>
      <Check
        label="When I am double-booked"
        testid="notices-conflicts"
        checked={wanted.conflicts}
        onChange={(conflicts) => set({ conflicts })}
      />
      <Check
        label="When I have to leave for the next place"
        testid="notices-travel"
        checked={wanted.travel}
        onChange={(travel) => set({ travel })}
      />
    </fieldset>
  );
}

function Quiet({ wanted, set }: Props) {
  const on = wanted.quiet_from !== null;
  const clock = (label: string, name: "quiet_from" | "quiet_to") => (
    <Field label={label}>
      {(ties) => (
        <input
          {...ties}
          type="time"
          required
          data-testid={`notices-${name}`}
          value={wanted[name] ?? ""}
          onChange={(change) => set({ [name]: change.target.value })}
        />
      )}
    </Field>
  );
  return (
    <fieldset className="fieldset cal-group">
      <legend>Quiet hours</legend>
      <Check
        label="Keep everything back for some hours"
        testid="notices-quiet"
        checked={on}
        onChange={(now) =>
          set(now ? { quiet_from: USUAL.quiet_from, quiet_to: USUAL.quiet_to } : { quiet_from: null, quiet_to: null })
        }
      />
      {on && (
        <>
          <div className="field-pair">
            {clock("From", "quiet_from")}
            {clock("To", "quiet_to")}
          </div>
          <Check
            label="Tell me all the same of events that begin in them"
            testid="notices-quiet-heads-up"
            checked={wanted.quiet_heads_up}
            onChange={(quiet_heads_up) => set({ quiet_heads_up })}
          />
        </>
      )}
    </fieldset>
  );
}

interface CheckProps {
  label: string;
  testid: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}

function Check({ label, testid, checked, onChange }: CheckProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        data-testid={testid}
        checked={checked}
        onChange={(change) => onChange(change.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
