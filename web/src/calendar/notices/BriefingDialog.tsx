/** A day in a few sentences, as it is also spoken: what is on, what clashes, when one is free. */

import { useState } from "react";
import { useLive } from "../../api/live";
import { notices } from "../../api/notices";
import { useResource } from "../../api/useResource";
import { Dialog } from "../../app/Dialog";
import { LeftIcon, RightIcon, WarningIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { dayHeading } from "../../app/times";
import { clock, HERE, timeRange } from "../dates";
import { laterDay } from "../walls";

export function BriefingDialog({ onClose }: { onClose: () => void }) {
  const [day, setDay] = useState<string>();
  const read = useResource(() => notices.briefing(HERE, day), `briefing-${day ?? "today"}`);
  useLive(["event."], read.reload, 1000);
  const told = read.data;
  const turn = (by: number) => told && setDay(laterDay(told.date, by));
  return (
    <Dialog wide title="Briefing" onClose={onClose} testid="briefing-dialog">
      <div className="form">
        <div className="cal-briefing-day">
          <button
            type="button"
            className="round small"
            aria-label="Day before"
            disabled={!told}
            onClick={() => turn(-1)}
          >
            <LeftIcon />
          </button>
          <strong>{told ? headingOf(told.date) : ""}</strong>
          <button type="button" className="round small" aria-label="Day after" disabled={!told} onClick={() => turn(1)}>
            <RightIcon />
          </button>
        </div>
        <Problem text={read.error} />
        <div aria-live="polite" aria-busy={!told} className="form">
          {told && (
            <>
              <p className="cal-spoken" data-testid="briefing-spoken">
                {told.spoken}
              </p>
              {[...told.double_booked, ...told.travel].map((line) => (
                <p className="clash-line" key={line}>
                  <WarningIcon /> {line}
                </p>
              ))}
              {told.events.length > 0 && (
                <dl className="cal-facts">
                  {told.events.map((event) => (
                    <div key={event.id}>
                      <dt>{timeRange(event)}</dt>
                      <dd>{[event.summary, event.location].filter(Boolean).join(" · ")}</dd>
                    </div>
                  ))}
                </dl>
              )}
              {told.gaps.length > 0 && (
                <p className="muted small">
                  Free: {told.gaps.map(({ start, end }) => `${clock(start)} – ${clock(end)}`).join(", ")}
                </p>
              )}
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}

const headingOf = (day: string) => dayHeading(`${day}T12:00`, new Date());
