/** Shows what the calendar tells, in every view; `NoticeWatch` listens for it, and catches up after an interruption. */

import { useEffect, useRef } from "react";
import { useLive } from "../api/live";
import { notices } from "../api/notices";
import { CalendarIcon, CloseIcon } from "./icons";
import { dismissNotice, tell, useNotices } from "./notices";
import { toldOf } from "./noticeWords";
import { link } from "./router";

export function NoticeWatch() {
  /** What was told before the page was opened is no news; undefined until that is known. */
  const known = useRef<Set<string>>(undefined);
  const look = async () => {
    const { items } = await notices.list();
    const before = known.current;
    known.current = new Set([...(before ?? []), ...items.map((one) => one.id)]);
    if (before) for (const one of items.filter(({ id }) => !before.has(id)).reverse()) tell(toldOf(one));
  };
  // Nobody waits for it: the next event or the stream's return is another try.
  const quietly = () => void look().catch(() => undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(quietly, []);
  useLive(["calendar.notice"], quietly);
  return null;
}

export function Notices() {
  return useNotices().map((one) => (
    <div className="toast notice" data-testid="notice-toast" key={one.id}>
      <CalendarIcon />
      <p>{one.text}</p>
      <a className="button small-button" href={link(one.href)} onClick={() => dismissNotice(one.id)}>
        Show
      </a>
      <button
        type="button"
        className="plain-icon"
        aria-label={`Dismiss: ${one.text}`}
        onClick={() => {
          dismissNotice(one.id);
          document.getElementById("main")?.focus({ preventScroll: true });
        }}
      >
        <CloseIcon />
      </button>
    </div>
  ));
}
