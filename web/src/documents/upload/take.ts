/** Hands chosen files to the queue and says what was left out. */

import { plural } from "../../app/times";
import { toast } from "../../app/toasts";
import { type Chosen, sortOut } from "./files";
import { uploads } from "./useUploads";

export function take(chosen: readonly Chosen[], replaces?: string): void {
  const { taken, left } = sortOut(chosen);
  const files = replaces ? taken.slice(0, 1) : taken;
  if (replaces && taken.length > 1) toast("A new version is one file; the first was taken.");
  else if (left) toast(`${plural(left, "file")} left out: not of a kind that can be read.`);
  if (files.length) uploads.add(files, replaces);
}
