import { describe, expect, it } from "vitest";
import { bodyOf, chipsOf, hoursOf, weekOf } from "./preferences";

const known = {
  of: "me" as const,
  said: ["travel_min"],
  working_hours: { monday: [["09:00", "17:00"]] as [string, string][], sunday: [] },
  lunch: ["12:00", "13:00"] as [string, string],
  buffer_before_min: 0,
  buffer_after_min: 0,
  travel_min: 20,
  prefers: [],
  avoids: ["friday"],
  minimum_notice_min: 0,
  horizon_days: 90,
  slot_grid_min: 15,
  holidays: "",
  timezone: "",
};

describe("scheduling preferences", () => {
  it("send what was said before and what changed, so that the rest stays inherited", () => {
    expect(bodyOf(known, known)).toEqual({ travel_min: 20 });
    expect(bodyOf(known, { ...known, buffer_after_min: 10 })).toEqual({ travel_min: 20, buffer_after_min: 10 });
  });

  it("have hours by three letters in the form and every day by its name outside", () => {
    expect(hoursOf(known)).toEqual({ mon: [["09:00", "17:00"]] });
    expect(weekOf({ mon: [["09:00", "17:00"]] })).toMatchObject({ monday: [["09:00", "17:00"]], sunday: [] });
  });

  it("offer words that are not on the list when they are said already", () => {
    expect(chipsOf(["mornings"], ["before 09:00"]).map((one) => one.name)).toEqual(["Mornings", "Before 09:00"]);
  });
});
