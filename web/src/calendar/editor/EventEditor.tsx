/** Makes an event or changes one; when its time is taken it offers others. */

import { useState } from "react";
import { type Calendar, calendar, type EventBody, type Scope, type Span } from "../../api/calendar";
import type { CalendarEvent } from "../../api/types";
import { Dialog } from "../../app/Dialog";
import { Problem } from "../../app/Problem";
import { TextField } from "../../app/TextField";
import { useAct } from "../../app/useAct";
import { weekday } from "../dates";
import { toldWithUndo } from "../done";
import { bookingOf, changeOf, type Draft, draftOf, problemOf } from "../draft";
import { MarkLine } from "../MarkLine";
import type { Mark } from "../marks";
import { Refusal, spanText } from "../Refusal";
import { offers } from "../refusals";
import { wallOf } from "../walls";
import { MoreFields } from "./MoreFields";
import { RepeatFields } from "./RepeatFields";
import { ScopeField } from "./ScopeField";
import { WhenFields } from "./WhenFields";

interface Props {
  /** The event that is changed; missing: a new one as `draft` says. */
  event?: CalendarEvent;
  draft: Draft;
  calendars: Calendar[];
  conflicts: string[];
  marks: Mark[];
  onClose: () => void;
  onDone: () => void;
}

export function EventEditor({ event, draft: given, calendars, conflicts, marks, onClose, onDone }: Props) {
  const [draft, setDraft] = useState(given);
  const [scope, setScope] = useState<Scope>("this");
  const [refusal, setRefusal] = useState<unknown>();
  const act = useAct();
  const series = Boolean(event?.series_id);
  const asked = event?.original_start ? scope : undefined;
  const whole = !series || asked !== "this";
  // Older servers neither say whether an event takes time nor change these two; of a series only the whole is meant.
  const mayTurn = !event || (event.busy !== undefined && (!series || !asked || asked === "all"));

  const save = (wanted: Draft, skip = false) =>
    act.run(async () => {
      const problem = problemOf(wanted);
      if (problem) throw new Error(problem);
      setRefusal(undefined);
      try {
        const saved = await send(wanted, skip ? { skip_clashes: true } : {});
        onClose();
        if (saved) toldWithUndo(toldOf(saved, !event), saved.change_id, onDone);
      } catch (error) {
        if (!offers(error)) throw error;
        setRefusal(error);
      }
    });

  const send = async (wanted: Draft, more: EventBody) => {
    if (!event) return calendar.book({ ...bookingOf(wanted), ...more });
    const change = changeOf(draftOf(event), wanted, whole);
    return change && calendar.change(event.id, { ...change, ...more }, asked);
  };

  const remove = () =>
    act.run(async () => {
      if (!event) return;
      const change = await removed(event, asked);
      onClose();
      toldWithUndo(`${event.summary} was cancelled.`, change, onDone);
    });

  const pick = (free: Span) => {
    const moved = { ...draft, start: wallOf(free.start, draft.zone), end: wallOf(free.end, draft.zone) };
    setDraft(moved);
    void save(moved);
  };

  return (
    <Dialog wide title={event ? "Change the event" : "New event"} onClose={onClose} testid="event-dialog">
      <form
        className="form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void save(draft);
        }}
      >
        <TextField
          label="Title"
          required
          maxLength={300}
          autoComplete="off"
          testid="event-title"
          value={draft.summary}
          onChange={(summary) => setDraft({ ...draft, summary })}
        />
        {conflicts.map((line) => (
          <p className="clash-line" key={line}>
            {line}
          </p>
        ))}
        {marks.map((mark) => (
          <MarkLine key={mark.kind} mark={mark} />
        ))}
        {event?.recurrence_text && <p className="muted">Repeats {event.recurrence_text}.</p>}
        {asked && <ScopeField value={scope} onChange={setScope} />}
        <WhenFields draft={draft} onChange={setDraft} mayTurn={mayTurn} />
        {whole && (
          <RepeatFields
            value={draft.repeats}
            day={draft.start.slice(0, 10)}
            onChange={(repeats) => setDraft({ ...draft, repeats })}
          />
        )}
        <MoreFields draft={draft} onChange={setDraft} calendars={calendars} mayTurn={mayTurn} />
        <Refusal
          error={refusal}
          busy={act.busy}
          rest={event ? "Change the rest" : "Book the rest"}
          onPick={pick}
          onSkip={() => void save(draft, true)}
        />
        <Problem text={act.problem} />
        <div className="actions">
          <button type="submit" className="button primary" data-testid="event-submit" disabled={act.busy}>
            {event ? "Save" : "Book it"}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          {event && (
            <button
              type="button"
              className="button bad cal-remove"
              data-testid="event-remove"
              disabled={act.busy}
              onClick={() => void remove()}
            >
              Cancel the event
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** What takes it back. */
async function removed(event: CalendarEvent, scope: Scope | undefined): Promise<string | null | undefined> {
  if (scope === "following") return calendar.cancelFollowing(event.id);
  const { items } = await calendar.cancel(scope === "all" && event.series_id ? event.series_id : event.id);
  return items[0]?.change_id;
}

function toldOf(saved: CalendarEvent, isNew: boolean): string {
  const when = saved.recurrence_text
    ? `, ${saved.recurrence_text}`
    : ` for ${saved.all_day ? weekday(saved.start.slice(0, 10)) : spanText(saved)}`;
  return isNew ? `${saved.summary} is booked${when}.` : `${saved.summary} was changed.`;
}
