import { describe, expect, it } from "vitest";
import { clashLines, conflictLines } from "./conflicts";

const side = (event_id: string) => ({ event_id, summary: `Event ${event_id}`, start: "", end: "" });
const clash = (first: string, second: string, kind: "overlap" | "travel" = "overlap") => ({
  kind,
  first: side(first),
  second: side(second),
  short_min: kind === "travel" ? 20 : 0,
  text: "",
});

describe("the lines of conflicts", () => {
  it("name the other one on both sides, each once", () => {
    const lines = conflictLines([clash("a", "b"), clash("a", "c"), clash("a", "b")]);
    expect(lines.get("a")).toEqual(["Double-booked with Event b and Event c"]);
    expect(lines.get("c")).toEqual(["Double-booked with Event a"]);
  });

  it("say how much time a way lacks, after what is at the same time", () => {
    const lines = conflictLines([clash("a", "b", "travel"), clash("b", "c")]);
    expect(lines.get("a")).toEqual(["20 min too little to get to Event b"]);
    expect(lines.get("b")).toHaveLength(2);
    expect(lines.get("b")?.[0]).toMatch(/^Double-booked/);
  });
});

describe("the list of conflicts", () => {
  it("has one line for everything that clashes with the same event", () => {
    const lines = clashLines([clash("a", "b"), clash("a", "c"), clash("b", "d", "travel")]);
    expect(lines.map(({ text }) => text)).toEqual([
      "Event a, double-booked with Event b and Event c",
      "Event b, 20 min too little to get to Event d",
    ]);
  });
});
