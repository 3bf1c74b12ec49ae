import { describe, expect, it } from "vitest";
import { blocksOf, lineAt, linesOf } from "./text";

describe("a page's text", () => {
  it("is cut at its headings, which are said once", () => {
    const text = "Welcome.\n\n# Meals\nBreakfast is at 7.\n## Sundays\nAt 8.";
    const headings = [
      { offset: 10, level: 1, text: "Meals" },
      { offset: 37, level: 2, text: "Sundays" },
    ];
    expect(blocksOf({ number: 1, text, headings })).toEqual([
      { heading: "", level: 0, text: "Welcome." },
      { heading: "Meals", level: 1, text: "Breakfast is at 7." },
      { heading: "Sundays", level: 2, text: "At 8." },
    ]);
  });

  it("counts characters as the server does", () => {
    const headings = [{ offset: 3, level: 1, text: "Sauna" }];
    expect(blocksOf({ number: 1, text: "😀😀\nSauna\nHot.", headings })).toEqual([
      { heading: "", level: 0, text: "😀😀" },
      { heading: "Sauna", level: 1, text: "Hot." },
    ]);
  });

  it("is one block without headings", () => {
    expect(blocksOf({ number: 1, text: "  Indented\n" })).toEqual([{ heading: "", level: 0, text: "  Indented" }]);
  });
});

describe("a recording's text", () => {
  const page = {
    number: 1,
    text: "Good morning. The pool opens at nine.",
    regions: [
      { start: 0, end: 13, seconds: [0, 1.4] as [number, number] },
      { start: 14, end: 37, seconds: [1.4, 4] as [number, number] },
    ],
  };

  it("is lines with their seconds", () => {
    expect(linesOf(page)).toEqual([
      { from: 0, to: 1.4, text: "Good morning." },
      { from: 1.4, to: 4, text: "The pool opens at nine." },
    ]);
  });

  it("knows the line of a second", () => {
    const lines = linesOf(page);
    expect([lineAt(lines, 0), lineAt(lines, 1.4), lineAt(lines, 99)]).toEqual([0, 1, 1]);
  });
});
