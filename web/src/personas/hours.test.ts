import { describe, expect, it } from "vitest";
import { endToKeep, endToShow, hoursText, isAlwaysOpen, nextRange, problemOfDay, problemOfHours, USUAL } from "./hours";

describe("business hours", () => {
  it("need both times, in order, without overlap", () => {
    expect(problemOfDay([["09:00", "17:00"]])).toBeUndefined();
    expect(problemOfDay([["09:00", ""]])).toContain("both times");
    expect(problemOfDay([["17:00", "09:00"]])).toContain("after the start");
    expect(problemOfDay([["09:00", "09:00"]])).toContain("after the start");
    expect(
      problemOfDay([
        ["09:00", "12:00"],
        ["11:00", "17:00"],
      ]),
    ).toContain("overlap");
    expect(
      problemOfDay([
        ["09:00", "12:00"],
        ["12:00", "24:00"],
      ]),
    ).toBeUndefined();
  });

  it("name the day that is wrong", () => {
    expect(problemOfHours({ ...USUAL, wed: [["10:00", "08:00"]] })).toBe("Wednesday: The end must be after the start.");
    expect(problemOfHours(USUAL)).toBeUndefined();
  });

  it("are always open without any day, whatever the zone", () => {
    expect(isAlwaysOpen({})).toBe(true);
    expect(isAlwaysOpen({ timezone: "Europe/Berlin" })).toBe(true);
    expect(isAlwaysOpen({ mon: [] })).toBe(false);
  });

  it("are told with equal days together", () => {
    expect(hoursText({})).toBe("always open");
    expect(hoursText({ mon: [] })).toBe("always closed");
    expect(hoursText({ ...USUAL, sat: [["10:00", "13:00"]], timezone: "Europe/Berlin" })).toBe(
      "Mon–Fri 09:00–17:00; Sat 10:00–13:00 (Europe/Berlin)",
    );
    expect(hoursText({ mon: USUAL.mon, wed: USUAL.mon })).toBe("Mon 09:00–17:00; Wed 09:00–17:00");
  });

  it("end at midnight as 24:00, which the browser's control shows as 00:00", () => {
    expect(endToKeep("00:00")).toBe("24:00");
    expect(endToShow("24:00")).toBe("00:00");
    expect(endToShow(endToKeep("17:30"))).toBe("17:30");
  });

  it("propose a time after the last one", () => {
    expect(nextRange([])).toEqual(["09:00", "17:00"]);
    expect(nextRange([["09:00", "12:00"]])).toEqual(["13:00", "14:00"]);
    expect(nextRange([["09:00", "24:00"]])).toEqual(["", ""]);
  });
});
