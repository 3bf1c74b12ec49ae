/** Why something could not be booked or moved, and the ways out: free times, or leaving the dates out that clash. */

import { useEffect, useRef } from "react";
import type { Span } from "../api/calendar";
import { sentenceOf } from "../api/errors";
import { clock, format, timeRange, weekday } from "./dates";
import { clashesOf, takenOf } from "./refusals";

interface Props {
  error: unknown;
  busy: boolean;
  /** What "the rest" is: "Book the rest". */
  rest: string;
  onPick: (span: Span) => void;
  onSkip: () => void;
}

export function Refusal({ error, busy, rest, onPick, onSkip }: Props) {
  const taken = takenOf(error);
  const series = clashesOf(error);
  const box = useRef<HTMLDivElement>(null);
  // At the end of a long form it may be out of sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another refusal is the reason
  useEffect(() => void box.current?.scrollIntoView({ block: "nearest" }), [error]);
  if (!taken && !series) return null;
  return (
    <div className="cal-refusal" ref={box} role="alert" data-testid="calendar-refusal">
      <p>{sentenceOf(error)}</p>
      {taken && (
        <>
          <p>
            In the way: <strong>{taken.clash.summary}</strong>, {weekday(taken.clash.start, taken.clash.timezone)},{" "}
            {timeRange(taken.clash)}.
          </p>
          {taken.alternatives.length > 0 && (
            <fieldset className="fieldset">
              <legend>Free instead</legend>
              <div className="actions">
                {taken.alternatives.map((one) => (
                  <button
                    type="button"
                    className="button small-button"
                    key={one.start}
                    disabled={busy}
                    data-testid="calendar-alternative"
                    onClick={() => onPick(one)}
                  >
                    {spanText(one)}
                  </button>
                ))}
              </div>
            </fieldset>
          )}
        </>
      )}
      {series && (
        <>
          <ul className="cal-clashes">
            {series.clashes.map((one) => (
              <li key={one.start}>
                {spanText(one)}: {one.clash.summary}
              </li>
            ))}
          </ul>
          {series.clashes.length < series.total && (
            <button
              type="button"
              className="button small-button"
              disabled={busy}
              data-testid="calendar-skip"
              onClick={onSkip}
            >
              {rest}
            </button>
          )}
        </>
      )}
    </div>
  );
}

export function spanText({ start, end }: Span): string {
  const day = format(new Date(start), { weekday: "short", month: "short", day: "numeric" });
  return `${day}, ${clock(start)} – ${clock(end)}`;
}
