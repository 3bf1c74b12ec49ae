/** Where the time of an answer went, as one bar per turn on a common scale. */

import type { Latency, Message } from "../api/types";

const PARTS = [
  { key: "end_of_turn", name: "End of turn" },
  { key: "transcription", name: "Recognition" },
  { key: "llm_ttft", name: "Mind" },
  { key: "tts_ttfb", name: "Voice" },
] as const;
/** The whole width of a bar. */
const SCALE_MS = 3000;

export function LatencyBar({ latency }: { latency: Latency }) {
  const parts = partsOf(latency);
  if (parts.length === 0 && latency.e2e == null) return null;
  const total = latency.e2e ?? parts.reduce((sum, part) => sum + part.ms, 0);
  const words = parts.map((part) => `${part.name} ${Math.round(part.ms)} ms`).join(", ");
  return (
    <div className="latency" data-testid="latency">
      <span className="latency-bar" role="img" aria-label={words} title={words}>
        {parts.map((part) => (
          <i
            key={part.key}
            className={`part-${part.key}`}
            style={{ width: `${Math.min(100, (part.ms / SCALE_MS) * 100)}%` }}
          />
        ))}
      </span>
      <span className="small muted">answered in {secondsOf(total)}</span>
    </div>
  );
}

export function LatencySummary({ messages }: { messages: Message[] }) {
  const totals = messages.map((message) => message.latency_ms?.e2e).filter((ms): ms is number => ms != null);
  if (totals.length === 0) return null;
  return (
    <div className="latency-legend small muted">
      <span>
        Usually answered in <b>{secondsOf(median(totals))}</b>
      </span>
      {PARTS.map((part) => (
        <span key={part.key} className="legend-part">
          <i className={`part-${part.key}`} />
          {part.name}
        </span>
      ))}
    </div>
  );
}

/** 1240 → "1.2 s"; the parts of a bar are told in milliseconds. */
function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Recognition runs inside the wait for the end of the turn: what is left of that wait is shown, nothing twice. */
export function partsOf(latency: Latency): { key: string; name: string; ms: number }[] {
  const inside = Math.min(latency.transcription ?? 0, latency.end_of_turn ?? Number.POSITIVE_INFINITY);
  return PARTS.map(({ key, name }) => {
    const ms = latency[key] ?? 0;
    return { key, name, ms: key === "end_of_turn" ? ms - inside : key === "transcription" ? inside : ms };
  }).filter((part) => part.ms > 0);
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle] ?? 0;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
