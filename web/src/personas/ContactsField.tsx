/** Whom to reach when a person is needed; the first is tried first. */

import { useRef } from "react";
import type { Contact } from "../api/personas";
import { Field } from "../app/Field";
import { PlusIcon, TrashIcon } from "../app/icons";

interface Props {
  contacts: Contact[];
  onChange: (contacts: Contact[]) => void;
}

export function ContactsField({ contacts, onChange }: Props) {
  const set = (index: number, contact: Contact) => onChange(contacts.map((one, at) => (at === index ? contact : one)));
  const add = useRef<HTMLButtonElement>(null);
  return (
    <fieldset className="fieldset">
      <legend>Contacts</legend>
      <p className="muted small">Whom to reach when a person is needed. The first is tried first.</p>
      {contacts.map((contact, index) => (
        <OneContact
          // biome-ignore lint/suspicious/noArrayIndexKey: a contact is its place in the order
          key={index}
          place={index + 1}
          contact={contact}
          onChange={(changed) => set(index, changed)}
          onRemove={() => {
            onChange(contacts.filter((_one, at) => at !== index));
            add.current?.focus();
          }}
        />
      ))}
      <div>
        <button
          ref={add}
          type="button"
          className="button small-button"
          onClick={() => onChange([...contacts, { name: "", phone: "" }])}
        >
          <PlusIcon /> Add a contact
        </button>
      </div>
    </fieldset>
  );
}

interface OneProps {
  place: number;
  contact: Contact;
  onChange: (contact: Contact) => void;
  onRemove: () => void;
}

function OneContact({ place, contact, onChange, onRemove }: OneProps) {
  const set = (field: keyof Contact, value: string) => {
    const { [field]: _before, ...rest } = contact;
    onChange((value || field === "name" ? { ...rest, [field]: value } : rest) as Contact);
  };
  return (
    <fieldset className="contact">
      <legend className="visually-hidden">Contact {place}</legend>
      <Field label="Name">
        {(ties) => (
          <input
            {...ties}
            required
            maxLength={100}
            value={contact.name}
            onChange={(c) => set("name", c.target.value)}
          />
        )}
      </Field>
      <Field label="Phone">
        {(ties) => (
          <input
            {...ties}
            type="tel"
            maxLength={40}
            required={!contact.email}
            value={contact.phone ?? ""}
            onChange={(change) => set("phone", change.target.value)}
          />
        )}
      </Field>
      <Field label="E-mail">
        {(ties) => (
          <input
            {...ties}
            type="email"
            maxLength={254}
            required={!contact.phone}
            value={contact.email ?? ""}
            onChange={(change) => set("email", change.target.value)}
          />
        )}
      </Field>
      <button
        type="button"
        className="plain-icon"
        aria-label={`Remove contact ${contact.name || place}`}
        onClick={onRemove}
      >
        <TrashIcon />
      </button>
    </fieldset>
  );
}
