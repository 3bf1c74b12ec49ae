/** The page's one tray, and its files for views. */

import { useSyncExternalStore } from "react";
import { attachments } from "../../api/attachments";
import { SIGNED_OUT } from "../../api/signals";
import { plural } from "../../app/times";
import { toast } from "../../app/toasts";
import { type Chosen, sortOut } from "../../documents/upload/files";
import { Tray, type TrayFile } from "./tray";

export const tray = new Tray(attachments, toast);
window.addEventListener(SIGNED_OUT, () => tray.clear());

export function useTray(): readonly TrayFile[] {
  return useSyncExternalStore(tray.subscribe, tray.snapshot);
}

/** Hands chosen files to the talk and says what was left out. */
export function attach(chosen: readonly Chosen[]): void {
  const { taken, left } = sortOut(chosen);
  if (left) toast(`${plural(left, "file")} left out: not of a kind that can be read.`);
  if (taken.length) tray.add(taken);
}
