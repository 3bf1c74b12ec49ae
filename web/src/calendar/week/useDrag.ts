/**
 * Dragging in the week's grid with a mouse or a pen: moves an event, changes its end, draws a new one. Fingers scroll;
 * they open an event instead. Escape gives up.
 */

import { type PointerEvent as ReactPointer, type RefObject, useEffect, useRef, useState } from "react";
import type { Span } from "../../api/calendar";
import type { CalendarEvent } from "../../api/types";
import { dragged, type Grip, instantAt, type Place, type Point, samePlace, spanAfter } from "../snapping";

export interface Drag {
  grip: Grip;
  event?: CalendarEvent;
  before: Place;
  began: Point;
  place: Place;
}

interface Grid {
  box: RefObject<HTMLDivElement | null>;
  days: Date[];
  firstHour: number;
  lastHour: number;
  onMove: (event: CalendarEvent, span: Span) => void;
  onNew: (start: Date, minutes: number) => void;
}

const USUAL_MIN = 30;

export function useDrag(grid: Grid) {
  const [drag, setDrag] = useState<Drag>();
  const latest = useRef({ grid, drag });
  latest.current = { grid, drag };
  /** A click that ends a drag opens nothing. */
  const dropped = useRef(false);

  const begin = (grip: Grip, pointer: ReactPointer, event?: CalendarEvent, before?: Place) => {
    if (pointer.button !== 0 || pointer.pointerType === "touch") return;
    const began = pointOf(latest.current.grid, pointer);
    if (!began) return;
    if (!event) pointer.preventDefault();
    const from = before ?? { day: began.day, from: began.minute, to: began.minute };
    setDrag({ grip, event, before: from, began, place: before ?? dragged("new", from, began, began) });
  };

  const running = drag !== undefined;
  useEffect(() => {
    if (!running) return;
    const move = (pointer: PointerEvent) => {
      const at = pointOf(latest.current.grid, pointer);
      if (at) setDrag((old) => old && { ...old, place: dragged(old.grip, old.before, old.began, at) });
    };
    const drop = () => {
      const { grid, drag } = latest.current;
      setDrag(undefined);
      if (drag) finish(grid, drag, dropped);
    };
    const giveUp = (key: KeyboardEvent) => key.key === "Escape" && setDrag(undefined);
    const cancel = () => setDrag(undefined);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", drop);
    window.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", giveUp);
    return () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", drop);
      window.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", giveUp);
    };
  }, [running]);

  return { drag, begin, wasDropped: () => dropped.current };
}

function finish(grid: Grid, drag: Drag, dropped: { current: boolean }) {
  const { grip, event, before, place } = drag;
  if (!event) {
    const day = grid.days[place.day];
    const still = place.to - place.from <= 15;
    if (day) grid.onNew(instantAt(day, place.from), still ? USUAL_MIN : place.to - place.from);
    return;
  }
  if (samePlace(before, place)) return;
  dropped.current = true;
  window.setTimeout(() => {
    dropped.current = false;
  });
  grid.onMove(event, spanAfter(grip, event, before, place, grid.days));
}

function pointOf(
  { box, days, firstHour, lastHour }: Grid,
  at: { clientX: number; clientY: number },
): Point | undefined {
  const area = box.current?.getBoundingClientRect();
  if (!area) return undefined;
  const day = Math.floor(((at.clientX - area.left) / area.width) * days.length);
  const hours = firstHour + ((at.clientY - area.top) / area.height) * (lastHour - firstHour);
  return { day: Math.min(days.length - 1, Math.max(0, day)), minute: hours * 60 };
}
