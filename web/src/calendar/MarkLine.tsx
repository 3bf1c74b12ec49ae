/** A mark of an event with its icon, as a line or the icon alone. */

import { BellIcon, ClockIcon, WarningIcon } from "../app/icons";
import type { Mark } from "./marks";

const ICONS: Record<Mark["kind"], () => React.ReactNode> = { waiting: ClockIcon, failed: WarningIcon, told: BellIcon };

export function MarkIcon({ kind }: Pick<Mark, "kind">) {
  const Icon = ICONS[kind];
  return (
    <i className={`mark-icon mark-${kind}`} data-testid={`mark-${kind}`}>
      <Icon />
    </i>
  );
}

export function MarkLine({ mark }: { mark: Mark }) {
  return (
    <span className="mark-line small">
      <MarkIcon kind={mark.kind} /> {mark.text}
    </span>
  );
}
