/** One event in the week's grid: opened by a click or Enter, moved and stretched with the pointer. */

import type { CSSProperties, PointerEvent } from "react";
import { WarningIcon } from "../../app/icons";
import { clock, format } from "../dates";
import type { Placed } from "../layout";

interface Props {
  placed: Placed;
  firstHour: number;
  color: CSSProperties;
  conflicts: string[];
  dimmed: boolean;
  /** Whether it may be dragged, and has its end on this day. */
  movable: boolean;
  stretchable: boolean;
  onOpen: () => void;
  onGrip: (grip: "move" | "end", pointer: PointerEvent) => void;
}

export function Block({ placed, firstHour, color, conflicts, dimmed, movable, stretchable, onOpen, onGrip }: Props) {
  const { event, from, to, column, columns } = placed;
  const style = {
    ...color,
    "--from": (from - firstHour * 60) / 60,
    "--length": (to - from) / 60,
    "--column": column / columns,
    "--share": 1 / columns,
  } as CSSProperties;
  const when = `${format(new Date(event.start), { weekday: "long" })} ${clock(event.start)} to ${clock(event.end)}`;
  const size = to - from <= 40 ? "block-short" : to - from <= 75 ? "block-tight" : "";
  const clash = conflicts.join(". ");
  return (
    <button
      type="button"
      className={`block ${size} ${clash ? "block-clash" : ""} ${dimmed ? "block-dimmed" : ""} ${movable ? "block-movable" : ""}`}
      data-testid="calendar-event"
      data-event={event.id}
      style={style}
      aria-label={[event.summary, when, clash].filter(Boolean).join(", ")}
      title={clash || undefined}
      onClick={onOpen}
      onPointerDown={(pointer) => movable && onGrip("move", pointer)}
    >
      <strong>
        {clash && <WarningIcon />}
        {event.summary}
      </strong>
      <span>{clock(event.start)}</span>
      {clash && columns === 1 && <span className="block-why">{clash}</span>}
      {stretchable && (
        <i
          className="block-end"
          data-testid="event-end"
          onPointerDown={(pointer) => {
            pointer.stopPropagation();
            onGrip("end", pointer);
          }}
        />
      )}
    </button>
  );
}
