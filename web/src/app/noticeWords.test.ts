import { describe, expect, it } from "vitest";
import { toldOf } from "./noticeWords";

describe("a notice of the calendar", () => {
  it("leads to the day of what it is about", () => {
    const at = new Date(2026, 10, 4, 15).toISOString();
    const told = toldOf({ id: "n1", text: "Dentist at three.", at });
    expect(told).toEqual({ id: "n1", text: "Dentist at three.", href: "/calendar?view=agenda&date=2026-11-04" });
  });

  it("leads to the calendar when the day is not known", () => {
    expect(toldOf({ id: "n1", text: "A word.", at: "soon" }).href).toBe("/calendar");
  });
});
