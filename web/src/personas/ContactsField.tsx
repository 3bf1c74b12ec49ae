/** Whom to reach when a person is needed; the first is tried first. */

import { useRef } from "react";
import type { Contact } from "../api/personas";
import { PlusIcon, TrashIcon } from "../app/icons";
import { TextField } from "../app/TextField";

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
      <TextField label="Name" required maxLength={100} value={contact.name} onChange={(name) => set("name", name)} />
      <TextField
        label="Phone"
        type="tel"
        maxLength={40}
        required={!contact.email}
        value={contact.phone ?? ""}
        onChange={(phone) => set("phone", phone)}
      />
      <TextField
        label="E-mail"
        type="email"
        maxLength={254}
        required={!contact.phone}
        value={contact.email ?? ""}
        onChange={(email) => set("email", email)}
      />
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
