/** A value the assistant takes down, and the field to type it instead of saying it; what is typed counts as it stands. */

import { useEffect, useRef, useState } from "react";
import { CheckIcon, EditIcon } from "../app/icons";
import { TextField } from "../app/TextField";
import type { CaptureCard, CaptureKind } from "./cards";
import { talk } from "./useTalk";

const NAMES: Record<CaptureKind, string> = {
  name: "Name",
  email: "E-mail address",
  phone: "Telephone number",
  date: "Day",
  amount: "Amount",
};
const FIELDS: Record<CaptureKind, { type: string; autoComplete: string }> = {
  name: { type: "text", autoComplete: "name" },
  email: { type: "email", autoComplete: "email" },
  phone: { type: "tel", autoComplete: "tel" },
  date: { type: "date", autoComplete: "off" },
  amount: { type: "text", autoComplete: "off" },
};
const LONGEST = 254;

export function CaptureCardView({ card, busy }: { card: CaptureCard; busy: boolean }) {
  const [typed, setTyped] = useState(card.value);
  const heard = useRef(card.value);
  // What is heard again replaces what was heard before, but nothing that somebody is typing.
  useEffect(() => {
    const before = heard.current;
    heard.current = card.value;
    setTyped((now) => (now === before ? card.value : now));
  }, [card.value]);
  if (card.status === "confirmed") {
    return (
      <article className="card capture" data-testid="card-capture" data-status={card.status}>
        <header className="card-head">
          <CheckIcon />
          <h3>{NAMES[card.what]}</h3>
        </header>
        <p className="confirmation-text">{card.value}</p>
      </article>
    );
  }
  return (
    <article
      className={`card capture ${card.status === "urgent" ? "confirmation-open" : ""}`}
      data-testid="card-capture"
      data-status={card.status}
    >
      <form
        className="capture-form"
        onSubmit={(event) => {
          event.preventDefault();
          void talk.enter(card.id, typed.trim());
        }}
      >
        <header className="card-head">
          <EditIcon />
          <h3>{card.value ? "Is this right?" : "Say it, or type it"}</h3>
        </header>
        <TextField
          label={NAMES[card.what]}
          {...FIELDS[card.what]}
          required
          maxLength={LONGEST}
          testid="capture-value"
          value={typed}
          onChange={setTyped}
        />
        <div className="actions">
          <button
            type="submit"
            className="button primary"
            data-testid="capture-enter"
            disabled={busy || typed.trim() === ""}
          >
            Use this
          </button>
        </div>
      </form>
    </article>
  );
}
