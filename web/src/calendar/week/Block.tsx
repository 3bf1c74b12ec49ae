/** One event in the week's grid: opened by a click or Enter, moved with the pointer or with Shift and the arrows, stretched. */

import type { CSSProperties, KeyboardEvent, PointerEvent } from "react";
import { WarningIcon } from "../../app/icons";
import { clock, format } from "../dates";
import type { Placed } from "../layout";
import { MarkIcon } from "../MarkLine";
import type { Mark } from "../marks";

interface Props {
  placed: Placed;
  firstHour: number;
  color: CSSProperties;
  conflicts: string[];
  marks: Mark[];
  dimmed: boolean;
  /** Whether it may be dragged, and has its end on this day. */
  movable: boolean;
  stretchable: boolean;
  onOpen: () => void;
  onGrip: (grip: "move" | "end", pointer: PointerEvent) => void;
  onKey: (key: KeyboardEvent) => void;
  onLeave: () => void;
}

const KEYS = "Shift+ArrowUp Shift+ArrowDown Shift+ArrowLeft Shift+ArrowRight";

export function Block(props: Props) {
  const { placed, firstHour, color, conflicts, marks, dimmed, movable, stretchable, onOpen, onGrip } = props;
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
  const said = [...conflicts, ...marks.map(({ text }) => text)].join(". ");
  return (
    <button
      type="button"
      className={`block ${size} ${clash ? "block-clash" : ""} ${dimmed ? "block-dimmed" : ""} ${movable ? "block-movable" : ""}`}
      data-testid="calendar-event"
      data-event={event.id}
      style={style}
      aria-label={[event.summary, when, said].filter(Boolean).join(", ")}
      aria-keyshortcuts={movable ? KEYS : undefined}
      title={[event.summary, when, said].filter(Boolean).join("\n")}
      onClick={onOpen}
      onKeyDown={(key) => movable && props.onKey(key)}
      onBlur={props.onLeave}
      onPointerDown={(pointer) => movable && onGrip("move", pointer)}
    >
      <strong>
        {clash && <WarningIcon />}
        {marks.map(({ kind }) => (
          <MarkIcon key={kind} kind={kind} />
        ))}
        {event.summary}
      </strong>
      <span>{clock(event.start)}</span>
      {clash && <span className="block-why">{columns === 1 ? clash : "Double-booked"}</span>}
      {marks.map(
        ({ kind, text }) =>
          kind !== "told" && (
            <span className="block-mark" key={kind}>
              {text}
            </span>
          ),
      )}
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
