/** A change the assistant proposes; a click answers it the same as saying yes or no. */

import { CheckIcon, CloseIcon, QuestionIcon } from "../app/icons";
import type { ConfirmationCard } from "./cards";
import { talk } from "./useTalk";

const TITLES: Record<string, string> = {
  book_event: "Book this?",
  move_event: "Move this?",
  cancel_event: "Cancel this?",
};
const YES: Record<string, string> = { book_event: "Book it", move_event: "Move it", cancel_event: "Cancel it" };
const RESULTS: Record<string, string> = { confirmed: "Confirmed", cancelled: "Not done", expired: "No longer open" };

export function ConfirmationCardView({ card, busy }: { card: ConfirmationCard; busy: boolean }) {
  const pending = card.status === "pending";
  const done = card.status === "confirmed";
  return (
    <article
      className={`card confirmation ${pending ? "confirmation-open" : ""}`}
      data-testid="card-confirmation"
      data-status={card.status}
    >
      <header className="card-head">
        {pending ? <QuestionIcon /> : done ? <CheckIcon /> : <CloseIcon />}
        <h3>{pending ? (TITLES[card.action] ?? "Shall I?") : (RESULTS[card.status] ?? card.status)}</h3>
      </header>
      <p className="confirmation-text">{card.summary}</p>
      {pending && (
        <div className="actions">
          <button
            type="button"
            className="button primary"
            data-testid="confirm-yes"
            disabled={busy}
            onClick={() => void talk.answer(card.id, true)}
          >
            {YES[card.action] ?? "Confirm"}
          </button>
          <button
            type="button"
            className="button"
            data-testid="confirm-no"
            disabled={busy}
            onClick={() => void talk.answer(card.id, false)}
          >
            {card.action === "cancel_event" ? "Keep it" : "Don’t"}
          </button>
        </div>
      )}
    </article>
  );
}
