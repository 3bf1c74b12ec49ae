import { describe, expect, it } from "vitest";
import { noticeOf } from "./noticeWords";

describe("a notice of the calendar", () => {
  it("leads to the day of what it is about", () => {
    const at = new Date(2026, 10, 4, 15).toISOString();
    const told = noticeOf({ id: "n1", kind: "starting_soon", event: "e1", text: "Dentist at three.", at });
    expect(told).toEqual({ id: "n1", text: "Dentist at three.", href: "/calendar?view=agenda&date=2026-11-04" });
  });

  it("leads to the calendar when the day is not known", () => {
    expect(noticeOf({ id: "n1", text: "A word.", at: "soon" })?.href).toBe("/calendar");
  });

  it("is nothing without words", () => {
    expect(noticeOf({ id: "n1" })).toBeUndefined();
    expect(noticeOf({ text: "whose?" })).toBeUndefined();
  });
});
