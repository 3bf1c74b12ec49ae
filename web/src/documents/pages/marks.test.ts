import { describe, expect, it } from "vitest";
import { marked } from "./marks";

const hits = (text: string, quote: string) =>
  marked(text, quote)
    .filter((part) => part.hit)
    .map((part) => part.text);

describe("a quotation in the text of its page", () => {
  const text = "Meals\nBreakfast is served\nfrom 7 to 10. On Sundays it is\nserved until 11. Dinner is at 6.";

  it("is found over line ends, and nothing of the text is lost", () => {
    const quote = "Breakfast is served from 7 to 10.";
    expect(hits(text, quote)).toEqual(["Breakfast is served\nfrom 7 to 10"]);
    expect(
      marked(text, quote)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });

  it("is found whatever stands between the cells of a table, and when it was shortened", () => {
    expect(hits("Basic tune-up | 1 hour | 52.00 EUR", "Basic tune-up , 1 hour , 52.00 EUR")).toHaveLength(1);
    expect(hits(text, "On Sundays it is served…")).toEqual(["On Sundays it is\nserved"]);
  });

  it("is marked by its sentences when only some of it stands here", () => {
    expect(hits(text, "Dinner is at 6. Lunch is at noon every day.")).toEqual(["Dinner is at 6"]);
  });

  it("marks nothing when it is not here, or has no words", () => {
    expect(hits(text, "The pool opens at nine.")).toEqual([]);
    expect(hits(text, " … ")).toEqual([]);
    expect(hits("The first", "he fir")).toEqual([]);
  });
});
