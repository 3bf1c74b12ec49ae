/** Looks for times that suit everybody; each comes with its reason and opens as a new event. */

import { type FormEvent, useState } from "react";
import { calendar, type Proposal } from "../../api/calendar";
import { Dialog } from "../../app/Dialog";
import { Field } from "../../app/Field";
import { Problem } from "../../app/Problem";
import { TextField } from "../../app/TextField";
import { useAct } from "../../app/useAct";
import { dayText } from "../address";
import { addDays, HERE } from "../dates";
import type { Draft } from "../draft";
import { spanText } from "../Refusal";
import { laterDay } from "../walls";

interface Props {
  onClose: () => void;
  onFound: (start: Date, minutes: number, more: Partial<Draft>) => void;
}

const LENGTHS = [15, 30, 45, 60, 90, 120, 180, 240];
const split = (text: string) =>
  text
    .split(/[\n,;]/)
    .map((one) => one.trim())
    .filter(Boolean);

export function FindTime({ onClose, onFound }: Props) {
  const today = dayText(new Date());
  const [people, setPeople] = useState("");
  const [minutes, setMinutes] = useState(30);
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState(() => dayText(addDays(new Date(), 13)));
  const [wishes, setWishes] = useState("");
  const [found, setFound] = useState<Proposal>();
  const act = useAct();
  const look = (submit: FormEvent) => {
    submit.preventDefault();
    void act.run(async () => {
      setFound(undefined);
      const window = { ...(from > today ? { from: `${from}T00:00:00` } : {}), to: `${laterDay(to, 1)}T00:00:00` };
      const asked = { duration_min: minutes, attendees: split(people), wishes: split(wishes), timezone: HERE };
      setFound(await calendar.suggest({ ...asked, ...window }));
    });
  };
  const take = (start: string) => onFound(new Date(start), minutes, { people: split(people).join("\n") });
  return (
    <Dialog wide title="Find a time" onClose={onClose} testid="find-dialog">
      <form className="form" onSubmit={look}>
        <TextField
          label="With whom"
          hint="Names or e-mail addresses, with commas between. Empty: only you."
          autoComplete="off"
          testid="find-people"
          value={people}
          onChange={setPeople}
        />
        <div className="field-pair">
          <Field label="How long">
            {(ties) => (
              <select
                {...ties}
                data-testid="find-length"
                value={minutes}
                onChange={(change) => setMinutes(Number(change.target.value))}
              >
                {LENGTHS.map((one) => (
                  <option key={one} value={one}>
                    {one < 60 ? `${one} minutes` : `${one / 60} h`}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <TextField label="From" type="date" required value={from} onChange={setFrom} />
          <TextField label="To" type="date" required min={from} value={to} onChange={setTo} />
        </div>
        <TextField
          label="Wishes"
          hint="As you would say them: “not before ten, no Fridays”."
          autoComplete="off"
          testid="find-wishes"
          value={wishes}
          onChange={setWishes}
        />
        <div className="actions">
          <button type="submit" className="button primary" data-testid="find-submit" disabled={act.busy}>
            Look
          </button>
        </div>
        <Problem text={act.problem} />
      </form>
      <div className="cal-found" aria-live="polite">
        {found && <Found found={found} onTake={take} />}
      </div>
    </Dialog>
  );
}

function Found({ found, onTake }: { found: Proposal; onTake: (start: string) => void }) {
  return (
    <>
      {found.unseen.length > 0 && (
        <p className="small told-once">No calendar is known of {found.unseen.join(", ")}; they may be busy.</p>
      )}
      {found.note && <p>{found.note}</p>}
      <ul className="cal-list">
        {found.suggestions.map((one) => (
          <li key={one.start}>
            <button type="button" className="cal-suggestion" data-testid="suggestion" onClick={() => onTake(one.start)}>
              <strong>{spanText(one)}</strong>
              <span className="muted small">{one.reason}</span>
              {one.missing.length > 0 && <span className="muted small">Without {one.missing.join(", ")}</span>}
            </button>
          </li>
        ))}
        {found.relaxations.map((one) => (
          <li key={one.kind + one.start}>
            <button type="button" className="cal-suggestion" onClick={() => onTake(one.start)}>
              <span>{one.text}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
