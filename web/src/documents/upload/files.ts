/** Which files are taken, and how they come out of a drop or a folder. */

/** Beginnings of what H1 of the product takes; the server looks at the content and has the last word. */
const TAKEN =
  "pdf docx xlsx pptx md markdown txt text html htm csv png jpg jpeg gif webp tif tiff wav mp3 m4a webm flac ogg".split(
    " ",
  );
export const ACCEPT = TAKEN.map((ending) => `.${ending}`).join(",");

export interface Chosen {
  file: File;
  /** With the folders it lay in: "Manuals/2026/boiler.pdf". */
  path: string;
}

export function endingOf(name: string): string {
  return name.includes(".") ? (name.split(".").pop()?.toLowerCase() ?? "") : "";
}

/** What systems leave in folders without anybody wanting it. */
function isLitter(path: string): boolean {
  const name = path.split("/").pop() ?? "";
  return name.startsWith(".") || name === "Thumbs.db" || name === "desktop.ini" || path.startsWith("__MACOSX/");
}

/**
 * A file that was pointed at is sent whatever it is, for the server's answer says more; out of a folder only what can
 * be read, and `left` counts the rest.
 */
export function sortOut(chosen: readonly Chosen[]): { taken: Chosen[]; left: number } {
  const wanted = chosen.filter((one) => !isLitter(one.path));
  const taken = wanted.filter((one) => !one.path.includes("/") || TAKEN.includes(endingOf(one.path)));
  return { taken, left: wanted.length - taken.length };
}

export function chosenBy(input: HTMLInputElement): Chosen[] {
  return [...(input.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Files of a drop, folders opened. The transfer's entries must be asked for before the event is over. */
export async function filesOf(transfer: DataTransfer): Promise<Chosen[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files].map((file) => ({ file, path: file.name }));
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const found = await Promise.all(entries.map((entry) => (entry ? walk(entry) : [])));
  return found.flat();
}

async function walk(entry: FileSystemEntry): Promise<Chosen[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path: entry.fullPath.replace(/^\//, "") }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Chosen[] = [];
  // A reader gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await walk(one)));
  }
}
