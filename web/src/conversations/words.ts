/** Conversation facts in a person's words. */

import type { Conversation } from "../api/types";

const CHANNELS: Record<string, string> = {
  web: "Page",
  room: "Page",
  voice: "Voice",
  phone: "Phone",
  chat: "Chat",
  console: "Console",
};

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
  if (seconds == null) return "";
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
