/** A modal window: the browser keeps the focus inside and gives it back; Escape closes it unless it must be answered. */

import { type ReactNode, useEffect, useId, useRef } from "react";
import { CloseIcon } from "./icons";

interface Props {
  title: string;
  children: ReactNode;
  /** Missing: it cannot be closed, only answered. */
  onClose?: () => void;
  wide?: boolean;
  testid?: string;
}

export function Dialog({ title, children, onClose, wide, testid }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open) return;
    const opener = document.activeElement;
    element.showModal();
    // The browser would begin with the closing cross; people begin with the first thing to fill in.
    element.querySelector<HTMLElement>("form input, form select, form textarea")?.focus();
    // The browser gives the focus back when a window is closed, not when its view takes it away.
    return () => {
      // What opened it may be gone by now, such as an event that was cancelled.
      const next = opener instanceof HTMLElement && opener.isConnected ? opener : document.getElementById("main");
      if (document.activeElement === document.body) next?.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog ${wide ? "dialog-wide" : ""}`}
      aria-labelledby={id}
      data-testid={testid}
      onCancel={(event) => !onClose && event.preventDefault()}
      // Browsers let a second Escape through; what must be answered opens again.
      onClose={() => (onClose ? onClose() : dialog.current?.showModal())}
    >
      <header>
        <h2 id={id}>{title}</h2>
        {onClose && (
          <button type="button" className="plain-icon" aria-label="Close" onClick={() => dialog.current?.close()}>
            <CloseIcon />
          </button>
        )}
      </header>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
