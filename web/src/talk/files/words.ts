/** The files of a talk in a person's words. Pure. */

import { plural } from "../../app/times";
import { lengthOf, sizeOf } from "../../documents/words";
import type { TrayFile } from "./tray";

export function stateOf({ state, share, size, attachment }: TrayFile, live: boolean): string {
  switch (state) {
    case "waiting":
      return live ? "Waiting" : "Goes along when you begin";
    case "sending":
      return `Sending, ${Math.round(share * 100)}%`;
    case "reading":
      return "Being read";
    default:
      return (attachment && lengthOf(attachment)) || sizeOf(size);
  }
}

/** For those who do not see the rows. */
export function summaryOf(files: readonly TrayFile[]): string {
  const count = (wanted: TrayFile["state"][]) => files.filter((one) => wanted.includes(one.state)).length;
  const [coming, ready] = [count(["waiting", "sending", "reading"]), count(["ready"])];
  const parts = [
    coming && `${plural(coming, "file")} on the way`,
    ready && `${plural(ready, "file")} ready to ask about`,
  ];
  return parts.filter(Boolean).join(", ");
}
