/** Every field of a persona, in the order in which one thinks of them. */

import type { Choices } from "../api/personas";
import { Field } from "../app/Field";
import { TextField } from "../app/TextField";
import { ContactsField } from "./ContactsField";
import { HoursField } from "./HoursField";
import { languageName } from "./names";
import { OutsideTools } from "./OutsideTools";
import { PatienceField } from "./PatienceField";
import { PronunciationsField } from "./PronunciationsField";
import type { Editing } from "./useDraft";

export function Editor({ editing, choices }: { editing: Editing; choices: Choices }) {
  const { fields, set } = editing;
  return (
    <form
      id="persona-form"
      className="form persona-form"
      data-testid="persona-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (editing.changed.length > 0) void editing.save();
      }}
    >
      <section className="panel">
        <TextField
          label="Name"
          required
          maxLength={100}
          autoComplete="off"
          testid="persona-name"
          value={fields.name}
          onChange={(name) => set("name", name)}
        />
        <Field label="Greeting" hint="The first sentence of every call.">
          {(ties) => (
            <textarea
              {...ties}
              rows={2}
              maxLength={1000}
              data-testid="persona-greeting"
              value={fields.greeting}
              onChange={(change) => set("greeting", change.target.value)}
            />
          )}
        </Field>
        <Field label="Instructions" hint="Who they are, what they know, how they speak, what they must not do.">
          {(ties) => (
            <textarea
              {...ties}
              rows={12}
              maxLength={20000}
              data-testid="persona-prompt"
              value={fields.prompt}
              onChange={(change) => set("prompt", change.target.value)}
            />
          )}
        </Field>
      </section>
      <section className="panel">
        <Voice editing={editing} choices={choices} />
        <PatienceField editing={editing} />
        <PronunciationsField
          rows={fields.pronunciations ?? []}
          onChange={(pronunciations) => set("pronunciations", pronunciations)}
        />
        <Tools editing={editing} choices={choices} />
        <OutsideTools editing={editing} />
        <Field label="Longest call, in minutes" hint="Empty: as long as the installation allows.">
          {(ties) => (
            <input
              {...ties}
              className="short"
              type="number"
              min={1}
              max={240}
              step={1}
              value={fields.limits.call_minutes ?? ""}
              onChange={(change) => {
                const minutes = change.target.valueAsNumber;
                set("limits", Number.isNaN(minutes) ? {} : { call_minutes: minutes });
              }}
            />
          )}
        </Field>
      </section>
      <section className="panel">
        <HoursField hours={fields.business_hours} onChange={(hours) => set("business_hours", hours)} />
      </section>
      <section className="panel">
        <ContactsField
          contacts={fields.escalation_contacts}
          onChange={(contacts) => set("escalation_contacts", contacts)}
        />
      </section>
    </form>
  );
}

function Voice({ editing, choices }: { editing: Editing; choices: Choices }) {
  const { fields, set } = editing;
  return (
    <div className="field-pair">
      <Field label="Language">
        {(ties) => (
          <select {...ties} value={fields.language} onChange={(change) => set("language", change.target.value)}>
            {withOwn(choices.languages, fields.language).map((tag) => (
              <option key={tag} value={tag}>
                {languageName(tag)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Voice">
        {(ties) => (
          <select {...ties} value={fields.voice} onChange={(change) => set("voice", change.target.value)}>
            <option value="">The provider’s own</option>
            {withOwn(choices.voices, fields.voice)
              .filter(Boolean)
              .map((voice) => (
                <option key={voice} value={voice}>
                  {voice.charAt(0).toUpperCase() + voice.slice(1)}
                </option>
              ))}
          </select>
        )}
      </Field>
    </div>
  );
}

function Tools({ editing, choices }: { editing: Editing; choices: Choices }) {
  const { fields, set } = editing;
  const toggle = (name: string, on: boolean) =>
    set("toolsets", on ? [...fields.toolsets, name] : fields.toolsets.filter((one) => one !== name));
  return (
    <fieldset className="fieldset">
      <legend>Tools</legend>
      {choices.toolsets.map(({ name, description }) => (
        <label className="check" key={name}>
          <input
            type="checkbox"
            checked={fields.toolsets.includes(name)}
            onChange={(change) => toggle(name, change.target.checked)}
          />
          <span>{name.charAt(0).toUpperCase() + name.slice(1)}</span>
          <span className="muted small">{description}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** The choices, and the persona's own value when it is none of them. */
function withOwn(choices: readonly string[], own: string): string[] {
  return choices.includes(own) ? [...choices] : [own, ...choices];
}
