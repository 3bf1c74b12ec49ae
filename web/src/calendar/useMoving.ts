/**
 * An event that is dragged elsewhere: shown there at once, back where it was when the server refuses. Of a series it is
 * asked first which of it is meant.
 */

import { useEffect, useState } from "react";
import { calendar, type Scope, type Span } from "../api/calendar";
import { sentenceOf } from "../api/errors";
import type { CalendarEvent } from "../api/types";
import { toast } from "../app/toasts";
import { toldWithUndo } from "./done";
import { spanText } from "./Refusal";
import { offers } from "./refusals";

export interface Moving {
  event: CalendarEvent;
  span: Span;
  scope?: Scope;
  /** `asked`: the person has to choose; `sent`: it is done and the events are loaded again. */
  stage: "asked" | "sending" | "sent";
  refusal?: unknown;
}

export interface Mover {
  moving: Moving | undefined;
  /** Where everything is, with what is being moved at its new place. */
  events: CalendarEvent[];
  move: (event: CalendarEvent, span: Span) => void;
  send: (moving: Moving, skipClashes?: boolean) => Promise<void>;
  ask: (moving: Moving) => void;
  stop: () => void;
}

export function useMoving(events: CalendarEvent[], reload: () => void): Mover {
  const [moving, setMoving] = useState<Moving>();
  // What is loaded again has the event at its new place.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other events are the reason
  useEffect(() => setMoving((old) => (old?.stage === "sent" ? undefined : old)), [events]);

  const send = async (wanted: Moving, skipClashes = false) => {
    const { event, span, scope } = wanted;
    setMoving({ ...wanted, stage: "sending" });
    try {
      const body = { ...span, ...(skipClashes ? { skip_clashes: true } : {}) };
      const changed = await calendar.change(event.id, body, event.series_id ? scope : undefined);
      setMoving({ ...wanted, stage: "sent", refusal: undefined });
      toldWithUndo(`${event.summary} is now on ${spanText(span)}.`, changed.change_id, reload);
    } catch (error) {
      if (offers(error)) return setMoving({ ...wanted, stage: "asked", refusal: error });
      setMoving(undefined);
      toast(`${event.summary} stays where it was. ${sentenceOf(error)}`);
    }
  };

  const move = (event: CalendarEvent, span: Span) => {
    if (event.series_id) setMoving({ event, span, scope: "this", stage: "asked" });
    else void send({ event, span, stage: "sending" });
  };

  const refused = moving?.refusal !== undefined && moving.stage === "asked";
  const shown =
    !moving || refused ? events : events.map((one) => (one.id === moving.event.id ? moved(one, moving) : one));
  return { moving, events: shown, move, send, ask: setMoving, stop: () => setMoving(undefined) };
}

function moved(event: CalendarEvent, { span }: Moving): CalendarEvent {
  return { ...event, ...span };
}
