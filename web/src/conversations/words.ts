/** Conversation facts in a person's words. */

import type { Conversation } from "../api/types";
import { lasting } from "../app/times";

const CHANNELS: Record<string, string> = {
  web: "Page",
  room: "Page",
  voice: "Voice",
  phone: "Phone",
  chat: "Chat",
  console: "Console",
};

/** Names of intents that do not explain themselves once their underscores are gone. */
const MEANINGS: Record<string, string> = {
  book: "wants to book",
  cancel: "wants to cancel",
  move: "wants to move a booking",
  list: "asks about the calendar",
  find_free: "looks for a free time",
  question: "asks a question",
  follow_up: "asks further",
  human: "wants a person",
  out_of_scope: "something else",
};

/** What was understood of a sentence, as a few words. */
export function meaningOf(intent: string): string {
  return MEANINGS[intent] ?? intent.replaceAll("_", " ");
}

export function personaName(conversation: Conversation): string {
  const { persona } = conversation;
  const name = typeof persona === "string" ? persona : (persona?.name ?? persona?.slug);
  return name ? name.charAt(0).toUpperCase() + name.slice(1) : "Assistant";
}

export function channelName(conversation: Conversation): string {
  const channel = conversation.channel ?? "";
  return CHANNELS[channel] ?? channel;
}

export function lasted(seconds: number | null | undefined): string {
  return seconds == null ? "" : lasting(seconds);
}
