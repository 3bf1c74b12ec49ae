import { describe, expect, it } from "vitest";
import { isLastOfMonth, NEVER, type Repeats, repeatsOf, ruleOf, weekOf } from "./repeats";

const day = "2026-11-24"; // a Tuesday, the fourth and last of its month
const start = `${day}T09:30`;
const zone = "America/New_York";
const read = (text: string) => repeatsOf(text, start, zone);
const rule = (form: Partial<Repeats>) => ruleOf({ ...NEVER, ...form }, day);

describe("how an event repeats", () => {
  it("is written as a rule", () => {
    expect(rule({})).toBe("");
    expect(rule({ frequency: "daily", every: 2 })).toBe("FREQ=DAILY;INTERVAL=2");
    expect(rule({ frequency: "weekly", days: [3, 0] })).toBe("FREQ=WEEKLY;BYDAY=MO,TH");
    expect(rule({ frequency: "weekly" })).toBe("FREQ=WEEKLY;BYDAY=TU");
    expect(rule({ frequency: "monthly" })).toBe("FREQ=MONTHLY;BYMONTHDAY=24");
    expect(rule({ frequency: "monthly", monthly: "weekday" })).toBe("FREQ=MONTHLY;BYDAY=4TU");
    expect(rule({ frequency: "monthly", monthly: "last" })).toBe("FREQ=MONTHLY;BYDAY=-1TU");
    expect(rule({ frequency: "yearly", end: "after", count: 3 })).toBe("FREQ=YEARLY;COUNT=3");
    expect(rule({ frequency: "daily", end: "on", until: "2027-01-31" })).toBe("FREQ=DAILY;UNTIL=20270131");
  });

  it("is read back as it was written", () => {
    const rules = [
      "FREQ=DAILY;INTERVAL=2",
      "FREQ=WEEKLY;BYDAY=MO,TH",
      "FREQ=MONTHLY;BYMONTHDAY=24",
      "FREQ=MONTHLY;BYDAY=4TU",
      "FREQ=MONTHLY;BYDAY=-1TU;COUNT=5",
      "FREQ=YEARLY;UNTIL=20270131",
    ];
    for (const one of rules) expect(ruleOf(read(one), day)).toBe(one);
  });

  it("understands what a rule leaves open", () => {
    expect(read("FREQ=WEEKLY")).toMatchObject({ frequency: "weekly", days: [1] });
    expect(read("RRULE:FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=FR,TU")).toMatchObject({ days: [4, 1] });
    expect(read("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270131")).toMatchObject({ end: "on", until: "2027-01-31" });
  });

  it("takes the last day from an instant as the zone's clock has it", () => {
    expect(read("FREQ=DAILY;UNTIL=20270201T045959Z").until).toBe("2027-01-31");
    expect(read("FREQ=DAILY;UNTIL=20270131T142959Z").until).toBe("2027-01-30");
    expect(read("FREQ=DAILY;UNTIL=20270131T143000Z").until).toBe("2027-01-31");
  });

  it("keeps a rule that it has no fields for", () => {
    const others = [
      "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
      "FREQ=MONTHLY;BYDAY=1FR",
      "FREQ=YEARLY;BYMONTH=3;BYDAY=1SU",
      "FREQ=HOURLY",
      "FREQ=MONTHLY;BYMONTHDAY=1,15",
    ];
    for (const one of others) {
      expect(read(one)).toMatchObject({ frequency: "other" });
      expect(ruleOf(read(one), day)).toBe(one);
    }
  });

  it("knows a day's place in its month", () => {
    expect([weekOf("2026-11-01"), weekOf("2026-11-08"), weekOf("2026-11-30")]).toEqual([1, 2, 5]);
    expect([isLastOfMonth("2026-11-23"), isLastOfMonth("2026-11-24")]).toEqual([false, true]);
  });
});
