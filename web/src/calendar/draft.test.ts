import { describe, expect, it } from "vitest";
import { bookingOf, changeOf, draftOf, newDraft, problemOf, withAllDay, withStart } from "./draft";
import { NEVER } from "./repeats";

const event = {
  id: "e1",
  calendar_id: "c1",
  summary: "Standup",
  start: "2026-11-24T09:30:00-05:00",
  end: "2026-11-24T10:00:00-05:00",
  timezone: "America/New_York",
  all_day: false,
  attendees: ["Tom", "ines@harbour.example"],
};
const holiday = { ...event, start: "2026-11-24T00:00:00-05:00", end: "2026-11-26T00:00:00-05:00", all_day: true };
const form = draftOf(event);

describe("the form of an event", () => {
  it("has the wall time of the event's own zone", () => {
    expect(form).toMatchObject({
      start: "2026-11-24T09:30",
      end: "2026-11-24T10:00",
      people: "Tom\nines@harbour.example",
    });
    expect(form.busy).toBe("as is");
  });

  it("shows the last day of an all-day event and sends the one after", () => {
    expect(draftOf(holiday)).toMatchObject({ start: "2026-11-24T00:00", end: "2026-11-25T00:00" });
    expect(bookingOf(draftOf(holiday))).toMatchObject({ start: "2026-11-24T00:00:00", end: "2026-11-26T00:00:00" });
  });

  it("sends only what changed, and the rule only when the series is meant", () => {
    expect(changeOf(form, form, true)).toBeUndefined();
    expect(changeOf(form, { ...form, summary: "Daily " }, false)).toEqual({ summary: "Daily" });
    expect(changeOf(form, withStart(form, "2026-11-25T11:00"), false)).toEqual({
      start: "2026-11-25T11:00:00",
      end: "2026-11-25T11:30:00",
      timezone: "America/New_York",
    });
    const daily = { ...form, repeats: { ...NEVER, frequency: "daily" as const } };
    expect(changeOf(form, daily, true)).toEqual({ rrule: "FREQ=DAILY" });
    expect(changeOf(form, daily, false)).toBeUndefined();
    expect(changeOf(daily, form, true)).toEqual({ rrule: "" });
  });

  it("sends that an event lasts all day, or no longer does, with its days or times", () => {
    expect(changeOf(form, withAllDay(form, true), true)).toEqual({
      start: "2026-11-24T00:00:00",
      end: "2026-11-25T00:00:00",
      timezone: "America/New_York",
      all_day: true,
    });
    const day = draftOf({ ...holiday, end: "2026-11-25T00:00:00-05:00" });
    expect(changeOf(day, withAllDay(day, false), true)).toMatchObject({
      start: "2026-11-24T09:00:00",
      end: "2026-11-24T10:00:00",
      all_day: false,
    });
  });

  it("sends another calendar, and nothing when it is back at its own", () => {
    expect(changeOf(form, { ...form, calendar: "c2" }, true)).toEqual({ calendar_id: "c2" });
    expect(changeOf(form, { ...form, calendar: "" }, true)).toBeUndefined();
  });

  it("takes people by line, comma or semicolon", () => {
    expect(bookingOf({ ...form, people: "Tom, Ada;\n Kim " }).attendees).toEqual(["Tom", "Ada", "Kim"]);
  });

  it("says what is missing", () => {
    const good = newDraft(new Date(2026, 10, 24, 9), 30, { summary: "Walk" });
    expect(problemOf(good)).toBeUndefined();
    expect(problemOf({ ...good, summary: " " })).toBe("Give it a title.");
    expect(problemOf({ ...good, end: good.start })).toContain("after the start");
    expect(problemOf({ ...good, end: good.start, allDay: true })).toBeUndefined();
    const until = { ...NEVER, frequency: "daily" as const, end: "on" as const };
    expect(problemOf({ ...good, repeats: until })).toContain("which day");
    expect(problemOf({ ...good, repeats: { ...until, until: "2020-01-01" } })).toContain("before it starts");
  });
});
