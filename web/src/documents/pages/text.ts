/**
 * A page's text as blocks under their headings, and a recording's as lines with their seconds. Pure. Offsets count
 * characters as Python counts them, which is not how JavaScript counts.
 */

import type { PageText } from "../../api/documents";

export interface Block {
  heading: string;
  /** 1 is the topmost; 0: text before any heading. */
  level: number;
  text: string;
}

export interface Line {
  from: number;
  to: number;
  text: string;
}

export function blocksOf(page: PageText): Block[] {
  const characters = [...page.text];
  const headings = [...(page.headings ?? [])].sort((a, b) => a.offset - b.offset);
  const cut = (from: number, to?: number) => characters.slice(from, to).join("");
  const blocks: Block[] = [{ heading: "", level: 0, text: cut(0, headings[0]?.offset) }];
  headings.forEach((heading, index) => {
    const whole = cut(heading.offset, headings[index + 1]?.offset);
    // The text of a page holds its headings too, often with the mark of its format before it.
    const at = whole.indexOf(heading.text);
    const isHere = at >= 0 && !whole.slice(0, at).replace(/[#\s]/g, "");
    blocks.push({
      heading: heading.text,
      level: heading.level,
      text: isHere ? whole.slice(at + heading.text.length) : whole,
    });
  });
  return blocks
    .map((block) => ({ ...block, text: block.text.replace(/^\s*\n/, "").trimEnd() }))
    .filter((block) => block.heading || block.text);
}

export function linesOf(page: PageText): Line[] {
  const characters = [...page.text];
  return (page.regions ?? []).flatMap((region) => {
    const text = characters.slice(region.start, region.end).join("").trim();
    return region.seconds && text ? [{ from: region.seconds[0], to: region.seconds[1], text }] : [];
  });
}

/** The line that is being said at this second; -1 before the first. */
export function lineAt(lines: readonly Line[], second: number): number {
  return lines.findLastIndex((line) => line.from <= second + 0.05);
}
