/** The cards beside the talk: what the assistant quoted, found, proposes and did. Newest first, never twice. */

import type { Citation } from "../api/knowledge";
import type { CalendarEvent } from "../api/types";

export type EventChange = "booked" | "moved" | "cancelled";
export type ConfirmationStatus = "pending" | "confirmed" | "cancelled" | "expired" | string;

export interface CitationsCard {
  kind: "citations";
  id: string;
  query: string;
  citations: Citation[];
}
export interface EventCard {
  kind: "event";
  id: string;
  change: EventChange;
  event: CalendarEvent;
}
export interface EventsCard {
  kind: "events";
  id: "events";
  events: CalendarEvent[];
}
export interface SlotsCard {
  kind: "slots";
  id: "slots";
  date: string;
  slots: { start: string; end: string }[];
}
export interface ConfirmationCard {
  kind: "confirmation";
  id: string;
  action: string;
  summary: string;
  details: Record<string, unknown>;
  status: ConfirmationStatus;
}
/** A value the assistant takes down; it can be typed as long as it is asked for. */
export interface CaptureCard {
  kind: "capture";
  id: string;
  what: CaptureKind;
  value: string;
  status: "open" | "urgent" | "confirmed" | "given_up";
}
export type CaptureKind = "name" | "email" | "phone" | "date" | "amount";
export type Card = CitationsCard | EventCard | EventsCard | SlotsCard | ConfirmationCard | CaptureCard;

const MOST = 20;

export function addCard(cards: readonly Card[], card: Card): Card[] {
  const kept = cards.filter((old) => !replaces(card, old));
  if (card.kind === "confirmation" && card.status === "confirmed" && laterEvent(cards, card.id)) return kept;
  if (card.kind === "confirmation" && card.status !== "pending") {
    // An answered question stays where it was asked instead of jumping to the top.
    const place = cards.findIndex((old) => old.kind === "confirmation" && old.id === card.id);
    if (place > 0) return [...kept.slice(0, place), card, ...kept.slice(place)];
  }
  if (card.kind === "capture" && card.status === "given_up") return kept;
  return [card, ...kept].slice(0, MOST);
}

/** Closes a question the assistant no longer asks; what was answered meanwhile keeps its answer. */
export function expireCard(cards: readonly Card[], confirmation: string): Card[] {
  return cards.map((card) =>
    card.kind === "confirmation" && card.id === confirmation && card.status === "pending"
      ? { ...card, status: "expired" }
      : card,
  );
}

/** Reads a message of topic `voiceloop.*`; undefined when it is not one this page knows. */
export function cardFromTopic(topic: string, data: unknown): Card | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const fields = data as Record<string, unknown>;
  if (topic === "voiceloop.citations") return citationsCard(fields);
  if (topic === "voiceloop.confirmation") return confirmationCard(fields);
  if (topic === "voiceloop.event") return eventCard(fields);
  if (topic === "voiceloop.capture") return captureCard(fields);
  return undefined;
}

function replaces(card: Card, old: Card): boolean {
  if (card.kind === "event" && old.kind === "confirmation") return old.status === "confirmed";
  if (card.kind !== old.kind) return false;
  if (card.kind === "confirmation" && old.kind === "confirmation") {
    // Only one proposal is open at a time: a new one supersedes what was still unanswered.
    return card.id === old.id || (card.status === "pending" && old.status === "pending");
  }
  if (card.kind === "capture" && old.kind === "capture") {
    // One value is taken down at a time: another one takes the place of what was left open.
    return card.id === old.id || isOpenCapture(old) || card.what === old.what;
  }
  return card.id === old.id;
}

export function isOpenCapture(card: Card): boolean {
  return card.kind === "capture" && (card.status === "open" || card.status === "urgent");
}

/** The booking's own card already says what the confirmation would repeat. */
function laterEvent(cards: readonly Card[], confirmation: string): boolean {
  const asked = cards.findIndex((card) => card.kind === "confirmation" && card.id === confirmation);
  return (
    cards.findIndex((card) => card.kind === "event") !== -1 && asked > cards.findIndex((card) => card.kind === "event")
  );
}

function citationsCard(fields: Record<string, unknown>): Card | undefined {
  const citations = Array.isArray(fields.citations) ? (fields.citations as Citation[]) : [];
  if (citations.length === 0) return undefined;
  const query = text(fields.query);
  return { kind: "citations", id: query || citations.map((c) => c.id ?? c.title).join(","), query, citations };
}

function confirmationCard(fields: Record<string, unknown>): Card | undefined {
  const id = text(fields.id);
  if (!id) return undefined;
  const details =
    typeof fields.details === "object" && fields.details ? (fields.details as Record<string, unknown>) : {};
  const status = text(fields.status) || "pending";
  return { kind: "confirmation", id, action: text(fields.kind), summary: text(fields.summary), details, status };
}

const CAPTURE_KINDS: readonly string[] = ["name", "email", "phone", "date", "amount"];
const CAPTURE_STATES: Record<string, CaptureCard["status"]> = {
  read_back: "open",
  spelling: "open",
  offered: "urgent",
  confirmed: "confirmed",
  given_up: "given_up",
};

function captureCard(fields: Record<string, unknown>): Card | undefined {
  const id = text(fields.id);
  const what = text(fields.kind);
  const status = CAPTURE_STATES[text(fields.state)];
  if (!id || !status || !CAPTURE_KINDS.includes(what)) return undefined;
  return { kind: "capture", id, what: what as CaptureKind, value: text(fields.value), status };
}

function eventCard(fields: Record<string, unknown>): Card | undefined {
  const type = text(fields.type);
  if (type === "events.listed") {
    return {
      kind: "events",
      id: "events",
      events: Array.isArray(fields.events) ? (fields.events as CalendarEvent[]) : [],
    };
  }
  if (type === "slots.found") {
    const slots = Array.isArray(fields.slots) ? (fields.slots as { start: string; end: string }[]) : [];
    return { kind: "slots", id: "slots", date: text(fields.date), slots };
  }
  const change = type.replace("event.", "");
  const event = fields.event as CalendarEvent | undefined;
  if (!event?.id || !(change === "booked" || change === "moved" || change === "cancelled")) return undefined;
  return { kind: "event", id: event.id, change, event };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
