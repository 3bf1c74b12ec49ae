import { describe, expect, it } from "vitest";
import { localDate } from "./dates";
import { allDayOf, hoursFor, placeDay } from "./layout";

const day = new Date(2026, 10, 24);
const event = (id: string, from: number, to: number) => ({
  id,
  summary: id,
  start: new Date(2026, 10, 24, from).toISOString(),
  end: new Date(2026, 10, 24, to).toISOString(),
});

describe("the week's layout", () => {
  it("puts overlapping events side by side and leaves the others their full width", () => {
    const placed = placeDay([event("a", 9, 11), event("b", 10, 12), event("c", 13, 14)], day);
    expect(placed.map(({ column, columns }) => [column, columns])).toEqual([
      [0, 2],
      [1, 2],
      [0, 1],
    ]);
  });

  it("cuts an event at midnight and shows the rest on the next day", () => {
    const late = event("late", 22, 26);
    expect(placeDay([late], day)).toMatchObject([{ from: 1320, to: 1440 }]);
    expect(placeDay([late], new Date(2026, 10, 25))).toMatchObject([{ from: 0, to: 120 }]);
    expect(hoursFor([placeDay([late], day)])).toEqual({ first: 8, last: 24 });
  });

  it("does not shift an all-day event by the zone; its end is exclusive", () => {
    const holiday = { id: "h", summary: "Holiday", start: "2026-11-24", end: "2026-11-25", all_day: true };
    expect(localDate("2026-11-24").getDate()).toBe(24);
    expect(allDayOf([holiday], day)).toHaveLength(1);
    expect(allDayOf([holiday], new Date(2026, 10, 25))).toHaveLength(0);
  });
});
