import { describe, expect, it } from "vitest";
import type { NoticeSettings } from "../../api/notices";
import { headsUpChoices, problemOf, tells } from "./settings";

const OFF: NoticeSettings = {
  briefing_at: null,
  briefing_days: ["monday"],
  briefing_by: ["mail"],
  heads_up_min: null,
  conflicts: false,
  travel: false,
  notices_by: ["page"],
  quiet_from: null,
  quiet_to: null,
  quiet_heads_up: false,
};

describe("what one wants to be told", () => {
  it("may be nothing at all, on no day and by no way", () => {
    expect(problemOf({ ...OFF, briefing_days: [], briefing_by: [], notices_by: [] })).toBeUndefined();
    expect(tells(OFF)).toBe(false);
  });

  it("needs a day and a way once there is a briefing", () => {
    const wanted = { ...OFF, briefing_at: "07:00" };
    expect(problemOf(wanted)).toBeUndefined();
    expect(problemOf({ ...wanted, briefing_days: [] })).toContain("one day");
    expect(problemOf({ ...wanted, briefing_by: [] })).toContain("by mail");
    expect(problemOf({ ...wanted, briefing_at: "" })).toContain("when the briefing comes");
  });

  it("needs a way once there are notices", () => {
    expect(problemOf({ ...OFF, conflicts: true, notices_by: [] })).toContain("notices come");
  });

  it("has quiet hours with both ends, that differ", () => {
    expect(problemOf({ ...OFF, quiet_from: "22:00", quiet_to: "07:00" })).toBeUndefined();
    expect(problemOf({ ...OFF, quiet_from: "22:00" })).toContain("begin and end");
    expect(problemOf({ ...OFF, quiet_from: "22:00", quiet_to: "" })).toContain("begin and end");
    expect(problemOf({ ...OFF, quiet_from: "22:00", quiet_to: "22:00" })).toContain("another time");
  });

  it("offers one's own length beside the usual ones", () => {
    expect(headsUpChoices(25)).toEqual([5, 10, 15, 25, 30, 60]);
    expect(headsUpChoices(null)).toEqual([5, 10, 15, 30, 60]);
  });
});
