/** What one was told lately, and what one wants to be told. */

import { useLive } from "../../api/live";
import { type Notice, notices } from "../../api/notices";
import { useResource } from "../../api/useResource";
import { Dialog } from "../../app/Dialog";
import { Problem } from "../../app/Problem";
import { link } from "../../app/router";
import { ago } from "../../app/times";
import { useNow } from "../../app/useNow";
import { addressOf } from "../address";
import { SettingsForm } from "./SettingsForm";

interface Props {
  /** Whether this person may change what they are told. */
  writes: boolean;
  onClose: () => void;
}

export function NoticesDialog({ writes, onClose }: Props) {
  const settings = useResource(notices.settings, "notice-settings");
  return (
    <Dialog wide title="Notices and briefing" onClose={onClose} testid="notices-dialog">
      <div className="form">
        <Lately onClose={onClose} />
        <Problem text={settings.error} />
        {writes && settings.data && <SettingsForm known={settings.data} onClose={onClose} />}
      </div>
    </Dialog>
  );
}

const SHOWN = 10;

function Lately({ onClose }: { onClose: () => void }) {
  const list = useResource(notices.list, "notices");
  useLive(["calendar.notice"], list.reload);
  const now = useNow();
  const rows = list.data?.items ?? [];
  return (
    <details className="cal-lately" open={rows.length > 0 && rows.length <= 3}>
      <summary data-testid="notices-lately">Told lately ({list.data ? rows.length : "…"})</summary>
      <Problem text={list.error} />
      {list.data && rows.length === 0 && <p className="muted small">Nothing in the last month.</p>}
      <ul className="cal-list">
        {rows.slice(0, SHOWN).map((one) => (
          <Row key={one.id} row={one} now={now} onClose={onClose} />
        ))}
      </ul>
    </details>
  );
}

function Row({ row, now, onClose }: { row: Notice; now: Date; onClose: () => void }) {
  return (
    <li className="cal-told" data-testid="notice-row">
      <p>{row.text}</p>
      <p className="muted small">
        {ago(row.created_at, now)} ·{" "}
        <a href={link(addressOf({ view: "agenda", date: new Date(row.at) }))} onClick={onClose}>
          Show the day
        </a>
      </p>
    </li>
  );
}
