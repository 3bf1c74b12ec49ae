import { describe, expect, it } from "vitest";
import type { Calendar } from "../api/calendar";
import { colorOf } from "./colors";

const rows = ["", "#0b8043", "red"].map((color, index) => ({ id: `c${index}`, color }) as Calendar);

describe("a calendar's colour", () => {
  it("is its own, and one of the page's when it has none or one that is no colour of ours", () => {
    expect(rows.map((one) => colorOf(rows, one.id))).toEqual(["var(--cal-1)", "#0b8043", "var(--cal-3)"]);
    expect(colorOf(rows, "unknown")).toBe("var(--cal-1)");
  });
});
