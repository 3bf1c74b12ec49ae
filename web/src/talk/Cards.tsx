/** The column beside the talk; each kind of card has a component of its own. */

import { useEffect, useRef } from "react";
import { LoopIcon } from "../app/icons";
import { CaptureCardView } from "./CaptureCard";
import { CitationsCardView } from "./CitationsCard";
import { ConfirmationCardView } from "./ConfirmationCard";
import type { Card } from "./cards";
import { EventCardView, EventsCardView, SlotsCardView } from "./EventCards";

export function Cards({ cards, answering }: { cards: Card[]; answering: string | undefined }) {
  const list = useRef<HTMLDivElement>(null);
  const newest = cards[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new card is the reason to show the start of the strip
  useEffect(() => {
    list.current?.scrollTo({ left: 0 });
  }, [newest?.kind, newest?.id]);
  return (
    <aside className={`cards ${cards.length ? "" : "cards-none"}`} aria-label="Beside the conversation">
      <h2 className="cards-title">Alongside</h2>
      {cards.length === 0 && (
        <div className="cards-empty">
          <LoopIcon />
          <p>Sources the assistant quotes and the meetings it books appear here while you talk.</p>
        </div>
      )}
      <div className="cards-list" ref={list} aria-live="polite">
        {cards.map((card) => (
          <OneCard key={`${card.kind}-${card.id}`} card={card} answering={answering} />
        ))}
      </div>
    </aside>
  );
}

function OneCard({ card, answering }: { card: Card; answering: string | undefined }) {
  switch (card.kind) {
    case "citations":
      return <CitationsCardView card={card} />;
    case "confirmation":
      return <ConfirmationCardView card={card} busy={answering === card.id} />;
    case "capture":
      return <CaptureCardView card={card} busy={answering === card.id} />;
    case "event":
      return <EventCardView card={card} />;
    case "events":
      return <EventsCardView card={card} />;
    case "slots":
      return <SlotsCardView card={card} />;
  }
}
