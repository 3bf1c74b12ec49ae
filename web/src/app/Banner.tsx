/** A sentence the person should read: what happened and what to do. */

import type { ReactNode } from "react";
import { CloseIcon } from "./icons";

interface Props {
  tone: "info" | "problem";
  children: ReactNode;
  action?: { label: string; run: () => void };
  onClose?: () => void;
}

export function Banner({ tone, children, action, onClose }: Props) {
  return (
    <div className={`banner banner-${tone}`} role={tone === "problem" ? "alert" : "status"} data-testid="banner">
      <p>{children}</p>
      {action && (
        <button type="button" className="button small-button" onClick={action.run}>
          {action.label}
        </button>
      )}
      {onClose && (
        <button type="button" className="plain-icon" aria-label="Dismiss" onClick={onClose}>
          <CloseIcon />
        </button>
      )}
    </div>
  );
}
