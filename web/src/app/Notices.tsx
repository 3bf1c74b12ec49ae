/** Shows what the calendar tells, in every view; `NoticeWatch` listens for it. */

import { useLiveData } from "../api/live";
import { CalendarIcon, CloseIcon } from "./icons";
import { dismissNotice, tell, useNotices } from "./notices";
import { noticeOf } from "./noticeWords";
import { link } from "./router";

export function NoticeWatch() {
  useLiveData("calendar.notice", (data) => {
    const told = noticeOf(data);
    if (told) tell(told);
  });
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
