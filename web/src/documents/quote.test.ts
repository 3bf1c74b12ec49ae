import { describe, expect, it } from "vitest";
import { excerpt, highlight } from "./quote";

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
