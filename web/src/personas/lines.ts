/** Which lines of a text were taken out and put in: a longest common subsequence. Pure. */

export interface Line {
  kind: "same" | "gone" | "new";
  text: string;
}

export function diffLines(before: string, after: string): Line[] {
  const a = before.split("\n");
  const b = after.split("\n");
  const common = table(a, b);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ kind: "gone", text: a[i] ?? "" });
      i += 1;
    } else {
      lines.push({ kind: "new", text: b[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

/** Keeps `context` unchanged lines around every change; a gap is a line of "…". */
export function nearChanges(lines: readonly Line[], context = 1): Line[] {
  const kept: Line[] = [];
  lines.forEach((line, index) => {
    const near = lines.slice(Math.max(0, index - context), index + context + 1).some((one) => one.kind !== "same");
    if (near) kept.push(line);
    else if (kept.length > 0 && kept.at(-1)?.text !== "…") kept.push({ kind: "same", text: "…" });
  });
  return kept.at(-1)?.text === "…" ? kept.slice(0, -1) : kept;
}

/** Lengths of the longest common subsequences of the rests that begin at each pair of lines. */
function table(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] as number[];
      row[j] = a[i] === b[j] ? at(lengths, i + 1, j + 1) + 1 : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly number[][], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}
