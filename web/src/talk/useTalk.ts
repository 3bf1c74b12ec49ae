/** The one TalkSession of the page and its state for components. */

import { useSyncExternalStore } from "react";
import { tray } from "./files/useTray";
import { TalkSession } from "./session";
import type { TalkState } from "./state";

export const talk = new TalkSession(tray);

export function useTalk(): TalkState {
  return useSyncExternalStore(talk.subscribe, talk.snapshot);
}
