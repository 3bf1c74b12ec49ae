/**
 * Moving an event with the keyboard: Shift and the arrows say where to, Enter puts it there, Escape leaves it. What is
 * under way is told in words, and the focus stays with the event when it is drawn anew.
 */

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { Span } from "../../api/calendar";
import type { CalendarEvent } from "../../api/types";
import { clock, format } from "../dates";
import { instantAt, nudged, type Place, type Step, samePlace, spanAfter } from "../snapping";

interface KeyMove {
  event: CalendarEvent;
  before: Place;
  place: Place;
}

const STEPS: Record<string, Step> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

interface Grid {
  box: RefObject<HTMLDivElement | null>;
  days: Date[];
  onMove: (event: CalendarEvent, span: Span) => void;
}

export function useKeyMove({ box, days, onMove }: Grid) {
  const [moving, setMoving] = useState<KeyMove>();
  /** The event that a key moved: it is drawn anew elsewhere, maybe only after a question was answered. */
  const held = useRef<string>(undefined);
  // After every drawing: it comes back with whatever is loaded.
  useEffect(() => {
    const { activeElement, body } = document;
    if (!held.current || activeElement?.closest("dialog")) return;
    const block = box.current?.querySelector<HTMLElement>(`[data-event="${CSS.escape(held.current)}"]`);
    if (activeElement === body || activeElement?.id === "main") block?.focus();
    else if (activeElement !== block) held.current = undefined;
  });
  useEffect(() => {
    const forget = () => {
      held.current = undefined;
    };
    window.addEventListener("pointerdown", forget);
    return () => window.removeEventListener("pointerdown", forget);
  }, []);

  const onKey = (key: KeyboardEvent, event: CalendarEvent, at: Place) => {
    const step = key.shiftKey ? STEPS[key.key] : undefined;
    const own = moving?.event.id === event.id ? moving : undefined;
    if (step) {
      key.preventDefault();
      const { before, place } = own ?? { before: at, place: at };
      setMoving({ event, before, place: nudged(place, step, days.length) });
    } else if (own && key.key === "Escape") {
      key.stopPropagation();
      setMoving(undefined);
    } else if (own && key.key === "Enter") {
      key.preventDefault();
      setMoving(undefined);
      if (samePlace(own.before, own.place)) return;
      held.current = event.id;
      onMove(event, spanAfter("move", event, own.before, own.place, days));
    }
  };
  const leave = () => setMoving(undefined);
  return { moving, told: moving ? sentenceOf(moving, days) : "", onKey, leave };
}

function sentenceOf({ event, place }: KeyMove, days: Date[]): string {
  const day = days[place.day];
  if (!day) return "";
  const [from, to] = [instantAt(day, place.from), instantAt(day, place.to)];
  const when = `${format(day, { weekday: "long", day: "numeric" })}, ${clock(from)} to ${clock(to)}`;
  return `${event.summary}: ${when}. Enter puts it there, Escape leaves it.`;
}
