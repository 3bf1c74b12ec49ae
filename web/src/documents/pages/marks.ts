/** Where a quotation stands in a page's text: by its words, for spaces, marks and line ends may differ. Pure. */

export interface Part {
  text: string;
  hit: boolean;
}

/** Shorter pieces of a quotation stand everywhere. */
const FEWEST_WORDS = 3;

/** `text` as parts; all of the quotation is set off, or those of its sentences that stand here. */
export function marked(text: string, quote: string): Part[] {
  const whole = rangesOf(text, quote);
  const found = whole.length ? whole : piecesOf(quote).flatMap((piece) => rangesOf(text, piece));
  const parts: Part[] = [];
  let end = 0;
  for (const [from, to] of found.sort((a, b) => a[0] - b[0])) {
    if (from < end) continue;
    parts.push({ text: text.slice(end, from), hit: false }, { text: text.slice(from, to), hit: true });
    end = to;
  }
  return [...parts, { text: text.slice(end), hit: false }].filter((part) => part.text);
}

type Range = [from: number, to: number];

/** One or none. */
function rangesOf(text: string, quote: string): Range[] {
  const words = wordsOf(quote);
  if (words.length === 0) return [];
  const found = new RegExp(`(?<![\\p{L}\\p{N}])${words.join("[^\\p{L}\\p{N}]+")}(?![\\p{L}\\p{N}])`, "iu").exec(text);
  return found ? [[found.index, found.index + found[0].length]] : [];
}

function piecesOf(quote: string): string[] {
  return quote.split(/(?<=[.!?…])\s+|\n+/).filter((piece) => wordsOf(piece).length >= FEWEST_WORDS);
}

function wordsOf(quote: string): string[] {
  return quote.match(/[\p{L}\p{N}]+/gu) ?? [];
}
