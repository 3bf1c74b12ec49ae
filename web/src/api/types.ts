/** Shapes of the sidecar's answers that the page reads. Unknown fields are ignored; optional ones may be missing. */

import type { Citation } from "./knowledge";

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export interface Me {
  /** `has_password` is missing in older answers, which means yes. */
  user: { id: string; name: string; email: string; role: string; has_password?: boolean };
  tenant: { id: string; name: string; slug: string; timezone?: string };
  scopes: string[];
  agent: { name: string };
  limits?: { upload_bytes?: number };
}

export interface Persona {
  id: string;
  slug: string;
  name: string;
  kind: string;
  language: string;
  greeting: string;
  is_default: boolean;
}

export interface TokenAnswer {
  server_url: string;
  participant_token: string;
}

export interface CalendarEvent {
  id: string;
  calendar_id?: string;
  summary: string;
  start: string;
  end: string;
  timezone?: string;
  all_day?: boolean;
  attendees?: (string | { name?: string; email?: string })[];
  location?: string | null;
  description?: string | null;
  /** Missing in answers that do not say it. */
  busy?: boolean;
  /** Where a change for a connected calendar is; null or missing: there is nothing to deliver. */
  delivery?: "delivered" | "queued" | "failed" | null;
  /** Of a series: its id, and what it says of itself; one of it also has the start that the rule gives it. */
  series_id?: string | null;
  original_start?: string | null;
  rrule?: string;
  recurrence_text?: string;
  /** Of a change: what takes it back. */
  change_id?: string | null;
}

export interface Conversation {
  id: string;
  persona?: string | { name?: string; slug?: string } | null;
  channel?: string;
  status?: string;
  started_at: string;
  ended_at?: string | null;
  duration_s?: number | null;
  room_name?: string | null;
  preview?: string | null;
  message_count?: number;
  waits?: Waits | null;
}

export interface ToolCall {
  id?: string;
  name: string;
  arguments?: unknown;
  result?: unknown;
  output?: unknown;
  is_error?: boolean;
}

/** Milliseconds: from the caller's last sound to the first of the answer, and the parts that make it up. */
export interface Latency {
  heard?: number | null;
  /** Of a filler that came before the answer. */
  first_sound?: number | null;
  to_transcript?: number | null;
  to_decision?: number | null;
  to_words?: number | null;
  to_voice?: number | null;
  to_sound?: number | null;
  /** From the beginning of an interruption. */
  to_silence?: number | null;
}

/** Over several answers; null where there are none. */
export interface Waits {
  turns: number;
  median_ms: number | null;
  p95_ms: number | null;
}

export interface LatencyDay extends Waits {
  day: string;
}

export interface LatencyDays extends Waits {
  timezone: string;
  items: LatencyDay[];
}

export interface Message {
  id: string;
  role: string;
  text: string;
  created_at: string;
  tool_calls?: ToolCall[] | null;
  citations?: Citation[] | null;
  latency_ms?: Latency | null;
  intent?: string | null;
  confidence?: number | null;
  interrupted?: boolean;
}
