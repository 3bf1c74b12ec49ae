/** Where a caller's wait for an answer went: one bar per turn on a common scale, and a legend above all of them. */

import "./latency.css";
import type { Latency, Waits } from "../api/types";
import { PARTS, partsOf, secondsOf } from "./latency";

/** The whole width of a bar. */
const SCALE_MS = 3000;

export function LatencyBar({ latency }: { latency: Latency }) {
  if (latency.heard == null) return <Silenced latency={latency} />;
  const parts = partsOf(latency);
  const words = parts.map((part) => `${part.name} ${Math.round(part.ms)} ms`).join(", ");
  const filler = latency.first_sound;
  return (
    <div className="latency" data-testid="latency">
      <span className="latency-bar" role="img" aria-label={words || "No part took any time"}>
        {parts.map((part) => (
          <i
            key={part.key}
            className={`part-${part.key}`}
            style={{ width: `${Math.min(100, (part.ms / SCALE_MS) * 100)}%` }}
            title={`${part.name}: ${Math.round(part.ms)} ms, ${part.what}`}
          />
        ))}
        {filler != null && (
          <b style={{ left: `${Math.min(100, (filler / SCALE_MS) * 100)}%` }} title="Here a filler was heard" />
        )}
      </span>
      <span className="small muted latency-words">
        heard after <strong>{secondsOf(latency.heard)}</strong>
        {filler != null && `, a filler after ${secondsOf(filler)}`}
      </span>
      <Silenced latency={latency} />
    </div>
  );
}

function Silenced({ latency }: { latency: Latency }) {
  if (latency.to_silence == null) return null;
  return (
    <span className="small muted" data-testid="latency-silence">
      interrupted, silent after {secondsOf(latency.to_silence)}
    </span>
  );
}

export function LatencySummary({ waits }: { waits: Waits | null | undefined }) {
  if (!waits || waits.median_ms == null || waits.p95_ms == null) return null;
  return (
    <div className="latency-legend small muted" data-testid="latency-summary">
      <span>
        Half of the answers heard within <b>{secondsOf(waits.median_ms)}</b>, 95 of 100 within{" "}
        <b>{secondsOf(waits.p95_ms)}</b>
      </span>
      {PARTS.map((part) => (
        <span key={part.key} className="legend-part" title={part.what}>
          <i className={`part-${part.key}`} />
          {part.name}
        </span>
      ))}
    </div>
  );
}
