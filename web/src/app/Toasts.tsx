/** Shows the toast; it waits while the person points at it or is inside it. */

import { useEffect, useRef, useState } from "react";
import { sentenceOf } from "../api/errors";
import { CloseIcon } from "./icons";
import { Notices } from "./Notices";
import { dismissToast, dropToast, type Toast, toast, useToast } from "./toasts";

const SHOWN_MS = 5_000;
const SHOWN_WITH_UNDO_MS = 12_000;

export function Toasts() {
  const current = useToast();
  return (
    <div className="toasts" role="status" aria-live="polite">
      <Notices />
      {current && <OneToast key={current.id} current={current} />}
    </div>
  );
}

function OneToast({ current }: { current: Toast }) {
  const [held, setHeld] = useState(false);
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const undoable = current.undo !== undefined;
  useEffect(() => {
    if (held || busy) return;
    const timer = window.setTimeout(dismissToast, undoable ? SHOWN_WITH_UNDO_MS : SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [held, busy, undoable]);

  const undo = async () => {
    setBusy(true);
    try {
      await current.undo?.();
      dropToast();
      toast("Undone.");
    } catch (error) {
      toast(sentenceOf(error));
    }
    document.getElementById("main")?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it from going away
    <div
      ref={box}
      className="toast"
      data-testid="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={(blur) => setHeld(box.current?.contains(blur.relatedTarget) ?? false)}
    >
      <p>{current.text}</p>
      {current.undo && (
        <button type="button" className="button small-button" disabled={busy} onClick={() => void undo()}>
          Undo
        </button>
      )}
      <button type="button" className="plain-icon" aria-label="Dismiss" onClick={dismissToast}>
        <CloseIcon />
      </button>
    </div>
  );
}
