import { describe, expect, it } from "vitest";
import type { Calendar } from "../api/calendar";
import type { Account } from "../api/calendarAccounts";
import type { Notice } from "../api/notices";
import type { CalendarEvent } from "../api/types";
import { marksOf } from "./marks";
import { newestOf } from "./notices/useNoticed";

const NOW = new Date("2026-11-24T08:50Z");
const calendars = [
  { id: "c1", account_id: "a1" },
  { id: "c2", account_id: null },
] as Calendar[];
const accounts = [{ id: "a1", provider: "google" }] as Account[];

function event(more: Partial<CalendarEvent>): CalendarEvent {
  return {
    id: "e1",
    summary: "Review",
    start: "2026-11-24T09:00Z",
    end: "2026-11-24T10:00Z",
    calendar_id: "c1",
    ...more,
  };
}
const textsOf = (one: CalendarEvent, told = new Map<string, string>()) =>
  marksOf([one], { calendars, accounts, told, now: NOW })
    .get(one.id)
    ?.map(({ text }) => text);

describe("what is said beside an event", () => {
  it("is nothing of one that arrived, and of answers that do not say it", () => {
    expect(textsOf(event({ delivery: "delivered" }))).toBeUndefined();
    expect(textsOf(event({ delivery: null }))).toBeUndefined();
    expect(textsOf(event({}))).toBeUndefined();
  });

  it("names the provider that a change waits for or was refused by", () => {
    expect(textsOf(event({ delivery: "queued" }))).toEqual(["Waiting for Google"]);
    expect(textsOf(event({ delivery: "failed" }))).toEqual(["Refused by Google"]);
    expect(textsOf(event({ delivery: "queued", calendar_id: "gone" }))).toEqual(["Waiting for the connected calendar"]);
  });

  it("is what one was told of it", () => {
    expect(textsOf(event({}), new Map([["e1", "Review in ten minutes."]]))).toEqual([
      "You were told: Review in ten minutes.",
    ]);
    const over = event({ end: "2026-11-24T08:30Z" });
    expect(textsOf(over, new Map([["e1", "Review in ten minutes."]]))).toBeUndefined();
  });
});

describe("notices by event", () => {
  const notice = (text: string, more: Partial<Notice> = {}): Notice => ({
    id: text,
    kind: "starting_soon",
    text,
    event_id: "e1",
    at: "",
    created_at: "",
    ...more,
  });

  it("keep the newest, which comes first", () => {
    expect(newestOf([notice("new"), notice("old")]).get("e1")).toBe("new");
  });

  it("leave out briefings, and double bookings, which are marked by themselves", () => {
    expect(newestOf([notice("day", { kind: "briefing", event_id: null })]).size).toBe(0);
    expect(newestOf([notice("twice", { kind: "double_booked" })]).size).toBe(0);
  });
});
