import { describe, expect, it } from "vitest";
import { addressOf, dayFor, dayForNew, daysIn, shownAt, turned, windowOf } from "./address";

const now = new Date(2026, 10, 21, 15, 30);

describe("the calendar's address", () => {
  it("says view and day, and is read back", () => {
    const shown = { view: "month" as const, date: new Date(2026, 1, 3) };
    expect(addressOf(shown)).toBe("/calendar?view=month&date=2026-02-03");
    expect(shownAt(addressOf(shown), now)).toEqual(shown);
  });

  it("is this week without anything said, and for what makes no sense", () => {
    const today = { view: "week", date: new Date(2026, 10, 21) };
    expect(shownAt("/calendar", now)).toEqual(today);
    expect(shownAt("/calendar?view=year&date=soon", now)).toEqual(today);
  });

  it("shows a month in whole weeks from Monday", () => {
    const { from, to } = windowOf({ view: "month", date: new Date(2026, 10, 21) });
    expect([from, to]).toEqual([new Date(2026, 9, 26), new Date(2026, 11, 7)]);
    expect(daysIn({ from, to })).toHaveLength(42);
  });

  it("turns by a month from its last day without leaving one out", () => {
    expect(turned({ view: "month", date: new Date(2026, 0, 31) }, 1).date).toEqual(new Date(2026, 1, 1));
    expect(turned({ view: "week", date: new Date(2026, 0, 31) }, -1).date).toEqual(new Date(2026, 0, 24));
  });

  it("begins another view with today while it is in sight, else with the first day that is", () => {
    const week = (day: number) => ({ view: "week" as const, date: new Date(2026, 10, day) });
    expect(dayFor(week(17), "agenda", now)).toEqual(new Date(2026, 10, 21));
    expect(dayFor(week(5), "agenda", now)).toEqual(new Date(2026, 10, 2));
    expect(dayFor({ view: "month", date: new Date(2026, 11, 19) }, "agenda", now)).toEqual(new Date(2026, 11, 1));
    expect(dayFor(week(5), "week", now)).toEqual(new Date(2026, 10, 5));
  });

  it("offers a new event on today or the first working day in sight", () => {
    expect(dayForNew({ view: "week", date: new Date(2026, 10, 21) }, now)).toEqual(new Date(2026, 10, 21));
    expect(dayForNew({ view: "week", date: new Date(2026, 10, 28) }, now)).toEqual(new Date(2026, 10, 23));
    expect(dayForNew({ view: "month", date: new Date(2026, 7, 9) }, now)).toEqual(new Date(2026, 7, 3));
    expect(dayForNew({ view: "agenda", date: new Date(2026, 10, 29) }, now)).toEqual(new Date(2026, 10, 29));
  });
});
