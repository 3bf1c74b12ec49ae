/** How long callers waited for answers, day by day: a small picture above the list. */

import "./latency.css";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { LatencyDays } from "../api/types";
import { useResource } from "../api/useResource";
import { format } from "../calendar/dates";
import { type Bar, barsOf, secondsOf, topOf } from "./latency";

const WIDTH = 240;
const HEIGHT = 56;
/** Thirty days are counted anew each time: a busy house must not have them counted with every call. */
const SELDOM_MS = 10_000;
/** A day's room at most: a single one is no wall. */
const WIDEST = 14;

export function WaitsChart() {
  const found = useResource(api.latency, "latency");
  useLive(["conversation.ended"], found.reload, SELDOM_MS);
  const { data } = found;
  if (!data || data.median_ms == null || data.p95_ms == null) return null; // beside the list, never instead of it
  return (
    <section className="waits" aria-label="How long callers waited" data-testid="waits">
      <div>
        <p className="waits-figure">
          <strong>{secondsOf(data.median_ms)}</strong> <span className="muted small">until an answer is heard</span>
        </p>
        <p className="muted small">
          95 of 100 within {secondsOf(data.p95_ms)} · {data.turns} {data.turns === 1 ? "answer" : "answers"} in 30 days
        </p>
      </div>
      <Chart data={data} />
    </section>
  );
}

function Chart({ data }: { data: LatencyDays }) {
  const top = topOf(data.items);
  const { bars, days } = barsOf(data.items, top);
  const room = Math.min(WIDEST, WIDTH / Math.max(1, days));
  return (
    <figure className="waits-chart">
      <svg
        viewBox={`0 0 ${room * days} ${HEIGHT}`}
        width={room * days}
        height={HEIGHT}
        role="img"
        aria-label={told(bars)}
      >
        {bars.map((bar) => (
          <Day key={bar.day} bar={bar} x={bar.x * room * days} width={room} />
        ))}
      </svg>
      <figcaption className="muted small">
        <span>{secondsOf(top)}</span>
        <span>0</span>
      </figcaption>
    </figure>
  );
}

function Day({ bar, x, width }: { bar: Bar; x: number; width: number }) {
  const thick = Math.max(2, width * 0.6);
  const left = x + (width - thick) / 2;
  return (
    <g data-testid="waits-day">
      <title>{wordsOf(bar)}</title>
      <rect className="waits-p95" x={left} y={HEIGHT * (1 - bar.p95)} width={thick} height={HEIGHT * bar.p95} rx={2} />
      <rect
        className="waits-median"
        x={left}
        y={HEIGHT * (1 - bar.median)}
        width={thick}
        height={HEIGHT * bar.median}
        rx={2}
      />
    </g>
  );
}

function wordsOf(bar: Bar): string {
  const day = format(new Date(`${bar.day}T12:00:00`), { month: "short", day: "numeric" });
  return `${day}: ${secondsOf(bar.median_ms)}, 95 of 100 within ${secondsOf(bar.p95_ms)}, answers: ${bar.turns}`;
}

function told(bars: Bar[]): string {
  return bars.map(wordsOf).join("; ");
}
