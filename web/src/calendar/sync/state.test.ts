import { describe, expect, it } from "vitest";
import type { Account } from "../../api/calendarAccounts";
import { syncStateOf } from "./state";

const NOW = new Date("2026-11-23T09:10:00Z");

function account(more: Partial<Account> = {}): Account {
  return {
    id: "a1",
    provider: "google",
    label: "Ada",
    address: "ada@example.org",
    server_url: "",
    status: "connected",
    error: "",
    owner: { id: "u1", name: "Ada" },
    synced_at: "2026-11-23T09:05:00Z",
    ...more,
  };
}

describe("the state of connected calendars", () => {
  it("is nothing to speak of while none is connected", () => {
    expect(syncStateOf([], NOW)).toBeUndefined();
    expect(syncStateOf([account({ status: "disconnected" })], NOW)).toBeUndefined();
  });

  it("tells when the one read longest ago was read", () => {
    const both = [account(), account({ synced_at: "2026-11-23T09:08:00Z" })];
    expect(syncStateOf(both, NOW)).toEqual({ tone: "well", text: "Synced 5 minutes ago" });
    expect(syncStateOf([...both, account({ synced_at: null })], NOW)?.text).toContain("first time");
  });

  it("names who does not answer, and since when", () => {
    const state = syncStateOf([account(), account({ status: "failing", provider: "microsoft" })], NOW);
    expect(state).toEqual({ tone: "failing", text: "Microsoft does not answer; last read 5 minutes ago." });
  });

  it("puts what waits for a person before all else", () => {
    const closed = account({ id: "a2", label: "Work", status: "needs_reconnect" });
    const state = syncStateOf([account({ status: "failing" }), closed], NOW);
    expect(state?.tone).toBe("reconnect");
    expect(state?.account).toBe(closed);
  });
});
