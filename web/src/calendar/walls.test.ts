import { describe, expect, it } from "vitest";
import { laterDay, laterWall, minutesBetween, wallOf, weekdayOf } from "./walls";

describe("wall clocks", () => {
  it("read an instant in a zone, and in the browser's when nobody knows the zone", () => {
    expect(wallOf("2026-11-24T09:30:00Z", "America/New_York")).toBe("2026-11-24T04:30");
    expect(wallOf("2026-07-01T22:00:00Z", "Europe/Berlin")).toBe("2026-07-02T00:00");
    expect(wallOf("2026-07-01T22:00:00Z", "Nowhere/Land")).toMatch(/^2026-07-0\dT\d\d:(00|30|45)$/);
  });

  it("count on over midnight and the end of a month", () => {
    expect(laterWall("2026-11-30T23:30", 45)).toBe("2026-12-01T00:15");
    expect(minutesBetween("2026-11-30T23:30", "2026-12-01T00:15")).toBe(45);
    expect(laterDay("2026-02-28", 1)).toBe("2026-03-01");
    expect(weekdayOf("2026-11-23")).toBe(0);
  });
});
