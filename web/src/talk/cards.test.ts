import { describe, expect, it } from "vitest";
import { addCard, type Card, cardFromTopic, expireCard } from "./cards";

const event = { id: "e1", summary: "Lunch", start: "2026-11-24T12:00:00Z", end: "2026-11-24T13:00:00Z" };
const read = (topic: string, data: unknown): Card => {
  const card = cardFromTopic(topic, data);
  if (!card) throw new Error("no card");
  return card;
};
const proposal = (id: string, status: string) =>
  read("voiceloop.confirmation", { id, kind: "book_event", summary: "Lunch", details: {}, status });
const booked = read("voiceloop.event", { type: "event.booked", event });
const kinds = (cards: Card[]) => cards.map((card) => card.kind);

describe("cards", () => {
  it("puts the newest first", () => {
    const source = read("voiceloop.citations", { query: "breakfast", citations: [{ title: "Handbook", page: 2 }] });
    expect(kinds(addCard(addCard([], source), booked))).toEqual(["event", "citations"]);
  });

  it("replaces a proposal when its status changes", () => {
    const cards = addCard(addCard([], proposal("p1", "pending")), proposal("p1", "cancelled"));
    expect(cards).toMatchObject([{ kind: "confirmation", status: "cancelled" }]);
  });

  it("lets a new proposal supersede the one nobody answered", () => {
    const cards = addCard(addCard([], proposal("p1", "pending")), proposal("p2", "pending"));
    expect(cards.map((card) => card.id)).toEqual(["p2"]);
  });

  it("says a booking once, whichever message comes first", () => {
    const asked = addCard([], proposal("p1", "pending"));
    expect(kinds(addCard(addCard(asked, booked), proposal("p1", "confirmed")))).toEqual(["event"]);
    expect(kinds(addCard(addCard(asked, proposal("p1", "confirmed")), booked))).toEqual(["event"]);
  });

  it("keeps a booking and a later proposal apart", () => {
    const cards = addCard(addCard([], booked), proposal("p2", "pending"));
    expect(kinds(addCard(cards, proposal("p2", "confirmed")))).toEqual(["confirmation", "event"]);
  });

  it("shows an event that moved in place of the booking", () => {
    const moved = read("voiceloop.event", { type: "event.moved", event });
    expect(addCard([booked], moved)).toMatchObject([{ change: "moved" }]);
  });

  it("closes a question that is no longer open, and no other", () => {
    const cards = addCard(addCard([], booked), proposal("p1", "pending"));
    expect(expireCard(cards, "p1")).toMatchObject([{ status: "expired" }, { kind: "event" }]);
    expect(expireCard(cards, "p2")).toEqual(cards);
    const answered = addCard([], proposal("p1", "confirmed"));
    expect(expireCard(answered, "p1")).toEqual(answered);
  });

  it("ignores what it does not know", () => {
    expect(cardFromTopic("voiceloop.event", { type: "event.exploded", event })).toBeUndefined();
    expect(cardFromTopic("voiceloop.event", undefined)).toBeUndefined();
    expect(cardFromTopic("voiceloop.citations", { citations: [] })).toBeUndefined();
  });
});
