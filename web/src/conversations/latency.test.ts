import { describe, expect, it } from "vitest";
import { barsOf, partsOf, secondsOf, topOf } from "./latency";

const day = (name: string, median_ms: number, p95_ms: number) => ({ day: name, turns: 3, median_ms, p95_ms });

describe("the bar of an answer", () => {
  it("has the parts that took time, in order", () => {
    const parts = partsOf({ heard: 600, to_sound: 50, to_transcript: 400, to_words: 150, to_voice: 0 });
    expect(parts.map((part) => [part.name, part.ms])).toEqual([
      ["Understanding", 400],
      ["Thinking", 150],
      ["On its way", 50],
    ]);
  });

  it("is empty where nothing was measured", () => {
    expect(partsOf({})).toEqual([]);
  });

  it("tells short waits more exactly", () => {
    expect([secondsOf(640), secondsOf(1240), secondsOf(996)]).toEqual(["0.64 s", "1.2 s", "1.00 s"]);
  });
});

describe("the chart by day", () => {
  it("leaves room for days without answers", () => {
    const { bars, days } = barsOf([day("2026-11-01", 500, 1000), day("2026-11-04", 1000, 2000)], 2000);
    expect(days).toBe(4);
    expect(bars.map((bar) => [bar.x, bar.median, bar.p95])).toEqual([
      [0, 0.25, 0.5],
      [0.75, 0.5, 1],
    ]);
  });

  it("crosses a change of the clocks and of the month", () => {
    expect(barsOf([day("2026-10-24", 1, 1), day("2026-11-02", 1, 1)], 1000).days).toBe(10);
  });

  it("ends at a whole second, and at least at one", () => {
    expect(topOf([day("2026-11-01", 500, 1234)])).toBe(2000);
    expect(topOf([day("2026-11-01", 100, 300)])).toBe(1000);
    expect(topOf([])).toBe(1000);
  });
});
