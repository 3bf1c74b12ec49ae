/** Everything the Talk view shows, as one value; `TalkSession` is the only one that changes it. */

import type { Caption } from "./captions";
import type { Card } from "./cards";

export type Phase = "idle" | "connecting" | "live" | "ended";
/** `joining`: connected, but no assistant in the room yet. */
export type AgentState = "joining" | "listening" | "thinking" | "speaking";

export interface Notice {
  tone: "info" | "problem";
  text: string;
}

export interface TalkState {
  phase: Phase;
  agentState: AgentState;
  captions: Caption[];
  cards: Card[];
  notice: Notice | undefined;
  reconnecting: boolean;
  micOn: boolean;
  /** The browser holds sound back until the person touches the page. */
  soundBlocked: boolean;
  /** The confirmation whose answer is on its way. */
  answering: string | undefined;
  startedAt: number | undefined;
  /** Slug of the persona that was asked for; undefined is the default one. */
  persona: string | undefined;
}

export const IDLE: TalkState = {
  phase: "idle",
  agentState: "joining",
  captions: [],
  cards: [],
  notice: undefined,
  reconnecting: false,
  micOn: false,
  soundBlocked: false,
  answering: undefined,
  startedAt: undefined,
  persona: undefined,
};

const LABELS: Record<AgentState, string> = {
  joining: "Waiting for the assistant",
  listening: "Listening",
  thinking: "Thinking",
  speaking: "Speaking",
};

/** The machine-readable state (`data-state`) and its words. */
export function describe(state: TalkState): { name: string; label: string } {
  if (state.phase === "idle") return { name: "idle", label: "Ready" };
  if (state.phase === "ended") return { name: "ended", label: "Conversation ended" };
  if (state.phase === "connecting") return { name: "connecting", label: "Connecting" };
  if (state.reconnecting) return { name: "reconnecting", label: "Reconnecting" };
  return { name: state.agentState, label: LABELS[state.agentState] };
}
