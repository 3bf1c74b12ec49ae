/** Splits a passage so that the words of the question can be set off; no HTML is ever built from document text. */

export interface Part {
  text: string;
  hit: boolean;
}

const SMALL = new Set(
  "a an and are at be by do does for from how in is it of on or the to was what when where which who with".split(" "),
);

export function highlight(passage: string, query: string): Part[] {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const wanted = words.filter((word) => word.length > 1 && !SMALL.has(word)).map(literal);
  if (wanted.length === 0) return [{ text: passage, hit: false }];
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])((?:${wanted.join("|")})[\\p{L}\\p{N}]{0,3})(?![\\p{L}\\p{N}])`,
    "giu",
  );
  return passage
    .split(pattern)
    .map((text, index) => ({ text, hit: index % 2 === 1 }))
    .filter((part) => part.text);
}

/** A passage cut to about `limit` characters around the first hit. */
export function excerpt(passage: string, query: string, limit = 320): string {
  const clean = passage.replace(/\s+/g, " ").trim();
  if (clean.length <= limit) return clean;
  const before = highlight(clean, query);
  const start = before[0]?.hit ? 0 : (before[0]?.text.length ?? 0);
  const from = start >= clean.length ? 0 : Math.max(0, Math.min(start - 80, clean.length - limit));
  const cut = clean.slice(from, from + limit).trim();
  return `${from > 0 ? "… " : ""}${cut}${from + limit < clean.length ? " …" : ""}`;
}

function literal(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Ranges [start, end) of a passage, counted in characters as Python counts them, as parts; overlaps become one. */
export function partsOf(passage: string, ranges: readonly (readonly [number, number])[]): Part[] {
  const characters = [...passage];
  const hits = characters.map((_, index) => ranges.some(([start, end]) => index >= start && index < end));
  const parts: Part[] = [];
  characters.forEach((character, index) => {
    const hit = hits[index] ?? false;
    const last = parts.at(-1);
    if (last && last.hit === hit) last.text += character;
    else parts.push({ text: character, hit });
  });
  return parts;
}

const BEFORE = 160;
const AFTER = 320;

/** Long stretches without a hit are cut, so that the first hit is in sight. */
export function cutAround(parts: readonly Part[]): Part[] {
  const first = parts.findIndex((part) => part.hit);
  const last = parts.findLastIndex((part) => part.hit);
  if (first < 0) return [...parts];
  return parts.map((part, index) => {
    if (part.hit) return part;
    if (index < first) return { ...part, text: tail(part.text, BEFORE) };
    if (index > last) return { ...part, text: head(part.text, AFTER) };
    return part.text.length > BEFORE + AFTER
      ? { ...part, text: `${head(part.text, BEFORE)} ${tail(part.text, BEFORE)}` }
      : part;
  });
}

function head(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit).replace(/\s+\S*$/, "")} …`;
}

function tail(text: string, limit: number): string {
  return text.length <= limit ? text : `… ${text.slice(-limit).replace(/^\S*\s+/, "")}`;
}
