import { describe, expect, it } from "vitest";
import { all, extend, NONE, toggle, within } from "./selection";

const order = ["a", "b", "c", "d", "e"];

describe("choosing rows", () => {
  it("takes one and lets it go", () => {
    const one = toggle(NONE, "b");
    expect(within(one, order)).toEqual(["b"]);
    expect(within(toggle(one, "b"), order)).toEqual([]);
  });

  it("takes a range in either direction", () => {
    expect(within(extend(toggle(NONE, "b"), "d", order), order)).toEqual(["b", "c", "d"]);
    expect(within(extend(toggle(NONE, "d"), "b", order), order)).toEqual(["b", "c", "d"]);
  });

  it("begins a range anew when its beginning is out of sight", () => {
    expect(within(extend(toggle(NONE, "gone"), "c", order), order)).toEqual(["c"]);
  });

  it("acts on nothing that is not shown", () => {
    expect(within(all(order), ["a", "e"])).toEqual(["a", "e"]);
  });
});
