import { describe, expect, it } from "vitest";
import { dragged, instantAt, nudged, samePlace, snap, spanAfter } from "./snapping";

const nine = { day: 1, from: 540, to: 570 };

describe("dragging in the week", () => {
  it("moves in quarters of an hour and keeps the length", () => {
    expect(snap(52)).toBe(45);
    expect(dragged("move", nine, { day: 1, minute: 550 }, { day: 3, minute: 620 })).toEqual({
      day: 3,
      from: 615,
      to: 645,
    });
  });

  it("keeps where an event began when that is no quarter", () => {
    const odd = { day: 1, from: 545, to: 575 };
    expect(dragged("move", odd, { day: 1, minute: 550 }, { day: 1, minute: 611 })).toMatchObject({
      from: 605,
      to: 635,
    });
  });

  it("does not leave the day, and what lasts over midnight goes on doing so", () => {
    expect(dragged("move", nine, { day: 1, minute: 550 }, { day: 1, minute: -300 }).from).toBe(0);
    const late = dragged("move", nine, { day: 1, minute: 550 }, { day: 1, minute: 2000 });
    expect(late).toMatchObject({ from: 1425, to: 1455 });
  });

  it("changes the end to a quarter, never before a quarter after the start", () => {
    expect(dragged("end", nine, { day: 1, minute: 570 }, { day: 1, minute: 641 }).to).toBe(645);
    expect(dragged("end", nine, { day: 1, minute: 570 }, { day: 1, minute: 500 }).to).toBe(555);
  });

  it("draws a new one downwards and upwards from the quarter it began in", () => {
    expect(dragged("new", nine, { day: 2, minute: 607 }, { day: 4, minute: 655 })).toEqual({
      day: 2,
      from: 600,
      to: 660,
    });
    expect(dragged("new", nine, { day: 2, minute: 607 }, { day: 2, minute: 566 })).toEqual({
      day: 2,
      from: 570,
      to: 615,
    });
    expect(dragged("new", nine, { day: 2, minute: 607 }, { day: 2, minute: 607 })).toEqual({
      day: 2,
      from: 600,
      to: 615,
    });
  });

  it("knows when nothing has moved, and the instant of a minute", () => {
    expect(samePlace(nine, { ...nine })).toBe(true);
    expect(instantAt(new Date(2026, 10, 24), 570)).toEqual(new Date(2026, 10, 24, 9, 30));
  });

  it("gives the instants of where an event went, and keeps its length", () => {
    const days = [23, 24, 25].map((day) => new Date(2026, 10, day));
    const event = { start: new Date(2026, 10, 24, 9).toISOString(), end: new Date(2026, 10, 24, 9, 30).toISOString() };
    const iso = (hour: number, minute = 0, day = 25) => new Date(2026, 10, day, hour, minute).toISOString();
    const after = { day: 2, from: 600, to: 630 };
    expect(spanAfter("move", event, nine, after, days)).toEqual({ start: iso(10), end: iso(10, 30) });
    const longer = { ...nine, to: 660 };
    expect(spanAfter("end", event, nine, longer, days)).toEqual({ start: iso(9, 0, 24), end: iso(11, 0, 24) });
  });
});

describe("moving in the week with keys", () => {
  it("goes a quarter of an hour or a day", () => {
    expect(nudged(nine, "down", 7)).toEqual({ day: 1, from: 555, to: 585 });
    expect(nudged(nine, "up", 7)).toEqual({ day: 1, from: 525, to: 555 });
    expect(nudged(nine, "left", 7)).toEqual({ day: 0, from: 540, to: 570 });
    expect(nudged(nine, "right", 7)).toEqual({ day: 2, from: 540, to: 570 });
  });

  it("stays in sight", () => {
    expect(nudged({ day: 0, from: 0, to: 30 }, "left", 7)).toEqual({ day: 0, from: 0, to: 30 });
    expect(nudged({ day: 0, from: 0, to: 30 }, "up", 7).from).toBe(0);
    expect(nudged({ day: 6, from: 1425, to: 1440 }, "right", 7).day).toBe(6);
    expect(nudged({ day: 6, from: 1425, to: 1440 }, "down", 7).from).toBe(1425);
  });
});
