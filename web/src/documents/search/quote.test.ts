import { describe, expect, it } from "vitest";
import { cutAround, excerpt, highlight, partsOf } from "./quote";

const hits = (passage: string, query: string) =>
  highlight(passage, query)
    .filter((part) => part.hit)
    .map((part) => part.text);

describe("quotes", () => {
  it("sets off the words of the question, not the small ones", () => {
    expect(hits("Breakfast is served when the sun is up.", "when is breakfast")).toEqual(["Breakfast"]);
  });

  it("finds the plural but no word inside another", () => {
    expect(hits("Dogs and hotdogs", "dog")).toEqual(["Dogs"]);
  });

  it("loses no character, whatever the question contains", () => {
    const passage = "Cost (2026): 3.50 € a+b";
    expect(
      highlight(passage, "cost? (a+b) [x")
        .map((part) => part.text)
        .join(""),
    ).toBe(passage);
  });

  it("cuts a long passage around the first hit", () => {
    const cut = excerpt(`${"word ".repeat(200)}breakfast ${"word ".repeat(200)}`, "breakfast");
    expect(cut).toContain("breakfast");
    expect(cut.length).toBeLessThan(340);
  });
});

describe("the server's highlights", () => {
  const text = (parts: { text: string }[]) => parts.map((part) => part.text).join("");

  it("set off their ranges and lose nothing", () => {
    const parts = partsOf("Breakfast is at seven.", [
      [0, 9],
      [16, 21],
    ]);
    expect(parts.filter((part) => part.hit).map((part) => part.text)).toEqual(["Breakfast", "seven"]);
    expect(text(parts)).toBe("Breakfast is at seven.");
  });

  it("count characters as the server does, also beyond the basic plane", () => {
    expect(partsOf("😀😀 sauna", [[3, 8]]).at(-1)).toEqual({ text: "sauna", hit: true });
  });

  it("join where they overlap and may reach over the end", () => {
    expect(
      partsOf("abcdef", [
        [1, 3],
        [2, 99],
      ]),
    ).toEqual([
      { text: "a", hit: false },
      { text: "bcdef", hit: true },
    ]);
  });

  it("stay in sight in a long passage", () => {
    const passage = `${"before ".repeat(100)}HIT${" after".repeat(200)}`;
    const cut = cutAround(partsOf(passage, [[700, 703]]));
    expect(cut.map((part) => part.hit)).toEqual([false, true, false]);
    expect(text(cut).length).toBeLessThan(520);
    expect(cut[0]?.text.startsWith("… before")).toBe(true);
  });
});
