/** Why a talk did not begin, came to its end, or lost a message, in words that say what to do. */

import { DisconnectReason } from "livekit-client";
import { sentenceOf } from "../api/errors";
import type { Notice } from "./state";

export const LATE: Notice = {
  tone: "problem",
  text: "The assistant has not joined yet. It may still be starting; this page keeps waiting, or hang up and try again.",
};
export const GONE: Notice = { tone: "info", text: "The assistant has left. Waiting a moment for it to come back." };
export const ENDED: Notice = { tone: "info", text: "The assistant ended the conversation." };

export const SIGNED_OFF: Notice = { tone: "info", text: "The call ended because your session was over." };

export function notSent(text: string): Notice {
  return { tone: "problem", text: `Your message "${text}" was not sent. Try again.` };
}

export function whyFailed(error: unknown): Notice {
  const network = error instanceof Error && error.name === "ConnectionError";
  const text = network
    ? "The voice server cannot be reached. Check that VoiceLoop is still running, then try again."
    : sentenceOf(error);
  return { tone: "problem", text };
}

export function whyDisconnected(reason: DisconnectReason | undefined): Notice | undefined {
  switch (reason) {
    case DisconnectReason.CLIENT_INITIATED:
      return undefined;
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return ENDED;
    case DisconnectReason.DUPLICATE_IDENTITY:
      return { tone: "info", text: "This conversation was continued in another window." };
    case DisconnectReason.SERVER_SHUTDOWN:
      return { tone: "problem", text: "The voice server was stopped. Start VoiceLoop again, then press Talk." };
    default:
      return { tone: "problem", text: "The connection was lost and could not be restored. Press Talk to start again." };
  }
}
