import { describe, expect, it } from "vitest";
import { ago, dayHeading, lasting, until, waiting } from "./times";

const now = new Date(2026, 10, 21, 12, 0, 0);
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const on = (month: number, day: number, hour: number, year = 2026) =>
  new Date(year, month - 1, day, hour).toISOString();

describe("an instant in the past", () => {
  it("is told by minutes within the hour", () => {
    expect(ago(minutesAgo(0.5), now)).toBe("just now");
    expect(ago(minutesAgo(1), now)).toBe("1 minute ago");
    expect(ago(minutesAgo(59), now)).toBe("59 minutes ago");
  });

  it("is told by calendar days, not by 24 hours", () => {
    expect(ago(on(11, 21, 8), now)).toBe("today, 8:00 AM");
    expect(ago(on(11, 20, 23), now)).toBe("yesterday, 11:00 PM");
    expect(ago(on(11, 19, 23), now)).toBe("Nov 19");
    expect(ago(on(11, 19, 23, 2024), now)).toBe("Nov 19, 2024");
  });

  it("may never have been, or be unreadable", () => {
    expect(ago(null, now)).toBe("never");
    expect(ago("nonsense", now)).toBe("");
  });
});

describe("a length of time", () => {
  it("is told in the two largest units", () => {
    expect([0.4, 20, 245.4, 3661].map(lasting)).toEqual(["0 s", "20 s", "4 min 5 s", "1 h 1 min"]);
  });
});

describe("an instant in the future", () => {
  it("is told by days up to a month, then by its date", () => {
    expect(until(on(11, 21, 18), now)).toBe("expires today, 6:00 PM");
    expect(until(on(11, 22, 1), now)).toBe("expires in 1 day");
    expect(until(on(12, 21, 1), now)).toBe("expires in 30 days");
    expect(until(on(3, 3, 1, 2027), now)).toBe("expires Mar 3, 2027");
  });

  it("is told as over when it is", () => {
    expect(until(on(11, 20, 1), now)).toBe("expired Nov 20");
  });
});

describe("a day of a list", () => {
  it("has the name that people use", () => {
    expect(dayHeading(minutesAgo(1), now)).toBe("Today");
    expect(dayHeading(on(11, 20, 23), now)).toBe("Yesterday");
    expect(dayHeading(on(11, 3, 12), now)).toBe("Tuesday, November 3");
  });
});

describe("a wait", () => {
  it("is told in seconds while they can be counted, else rounded up to minutes", () => {
    expect(waiting(1)).toBe("1 second");
    expect(waiting(89)).toBe("89 seconds");
    expect(waiting(241)).toBe("5 minutes");
  });
});
