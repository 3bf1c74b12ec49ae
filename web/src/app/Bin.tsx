/** What was removed: to be brought back, or removed for good, which takes a second, deliberate step. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Page } from "../api/types";
import { useResource } from "../api/useResource";
import { Problem } from "./Problem";
import { Rows } from "./Rows";
import { ago } from "./times";
import { toast } from "./toasts";
import { useAct } from "./useAct";
import { useNow } from "./useNow";

export interface Removed {
  id: string;
  name: string;
  detail?: ReactNode;
  at: string | null;
}

interface Props {
  /** "member", "key": what one is called. */
  noun: string;
  /** Why nothing can be undone afterwards. */
  warning: string;
  load: () => Promise<Page<Removed>>;
  /** Changes when the list may have. */
  turn: unknown;
  restore: (id: string) => Promise<unknown>;
  purge: (id: string) => Promise<unknown>;
  onChange: () => void;
  restoreLabel?: string;
}

export function Bin(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <section className="bin">
      <button
        type="button"
        className="text-button"
        aria-expanded={open}
        data-testid="bin-toggle"
        onClick={() => setOpen(!open)}
      >
        {open ? `Hide removed ${props.noun}s` : `Show removed ${props.noun}s`}
      </button>
      {open && <BinList {...props} />}
    </section>
  );
}

function BinList(props: Props) {
  const { noun, load, turn, restore, purge, onChange } = props;
  const removed = useResource(load, `bin-${noun}-${String(turn)}`);
  const act = useAct();
  const now = useNow();
  const done = (text: string) => {
    toast(text);
    removed.reload();
    onChange();
  };
  const bringBack = async (one: Removed) => {
    if (await act.run(() => restore(one.id))) done(`${one.name} is back.`);
  };
  const removeForGood = async (one: Removed) => {
    if (await act.run(() => purge(one.id))) done(`${one.name} was removed for good.`);
  };
  return (
    <>
      <Problem text={removed.error ?? act.problem} />
      {removed.data?.items.length === 0 && <p className="muted">No {noun} was removed.</p>}
      <Rows>
        {removed.data?.items.map((one) => (
          <li key={one.id} className="row" data-testid="bin-row">
            <div className="row-main">
              <strong>{one.name}</strong>
              <span className="muted small">
                {one.detail && <>{one.detail} · </>}removed {ago(one.at, now)}
              </span>
            </div>
            <div className="row-actions">
              <button
                type="button"
                className="button small-button"
                disabled={act.busy}
                onClick={() => void bringBack(one)}
              >
                {props.restoreLabel ?? "Restore"}
              </button>
              <ForGood one={one} warning={props.warning} busy={act.busy} onPurge={() => void removeForGood(one)} />
            </div>
          </li>
        ))}
      </Rows>
    </>
  );
}

function ForGood(props: { one: Removed; warning: string; busy: boolean; onPurge: () => void }) {
  const [asked, setAsked] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(asked);
  // The pressed button gives way to the question and comes back: the focus goes along.
  useEffect(() => {
    if (before.current !== asked) button.current?.focus();
    before.current = asked;
  }, [asked]);
  if (!asked) {
    return (
      <button
        ref={button}
        type="button"
        className="button small-button"
        disabled={props.busy}
        aria-label={`Remove ${props.one.name} for good`}
        onClick={() => setAsked(true)}
      >
        Remove for good…
      </button>
    );
  }
  return (
    <fieldset className="for-good">
      <legend className="small">{props.warning}</legend>
      <button type="button" className="button small-button bad" disabled={props.busy} onClick={props.onPurge}>
        Remove {props.one.name} for good
      </button>
      <button ref={button} type="button" className="button small-button" onClick={() => setAsked(false)}>
        Keep
      </button>
    </fieldset>
  );
}
