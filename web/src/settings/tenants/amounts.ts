/** Amounts of use and their limits as people read them. Pure. */

const UNITS = ["B", "KB", "MB", "GB", "TB"];

export function bytesText(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${countText(value)} ${UNITS[unit]}`;
}

export function countText(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** 0-100 for the bar; undefined when there is no limit. */
export function shareOf(used: number, limit: number | null): number | undefined {
  if (limit === null) return undefined;
  if (limit <= 0) return 100;
  return Math.min(100, Math.round((used / limit) * 100));
}

export function toneOf(share: number | undefined): "calm" | "near" | "full" {
  if (share === undefined || share < 80) return "calm";
  return share < 100 ? "near" : "full";
}

export function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 63)
    .replace(/-+$/, "");
}

const GIGABYTE = 1024 ** 3;
export const gigabytesOf = (bytes: number) => Math.round((bytes / GIGABYTE) * 100) / 100;
export const bytesOf = (gigabytes: number) => Math.round(gigabytes * GIGABYTE);
