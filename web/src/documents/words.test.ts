import { describe, expect, it } from "vitest";
import type { FileRow } from "../api/documents";
import {
  canRetry,
  clockOf,
  isHopeless,
  lengthOf,
  limitOf,
  lookOf,
  placeOf,
  retryOf,
  shareOf,
  versionOf,
} from "./words";

const row = (more: Partial<FileRow>): FileRow => ({
  upload_id: "f1",
  filename: "a.pdf",
  file_size: 1,
  content_type: "application/pdf",
  status: "ready",
  created_at: "2026-11-21T09:00:00Z",
  ...more,
});
const job = (more: object) => ({ id: "j1", kind: "analyse", status: "running" as const, ...more });

describe("a document in words", () => {
  it("tells the job's stage and how far it is", () => {
    const look = lookOf(row({ status: "extracting", job: job({ stage: "extracting", progress: 41.7 }) }));
    expect(look).toEqual({ label: "Reading", tone: "busy", progress: 42 });
  });

  it("is at work while a ready document is analysed again", () => {
    expect(lookOf(row({ job: job({ stage: "analysing", progress: 60 }) }))).toMatchObject({ label: "Analysing" });
    expect(lookOf(row({ job: job({ status: "succeeded" }) }))).toMatchObject({ label: "Ready", tone: "good" });
  });

  it("shows a bar also before the server has a figure", () => {
    expect(lookOf(row({ status: "analysing", job: null })).progress).toBe(60);
  });

  it("promises no percentage before anybody has begun", () => {
    const queued = row({ status: "received", job: job({ status: "queued", stage: "received", progress: 0 }) });
    expect(lookOf(queued)).toMatchObject({ label: "In line", inLine: true });
  });

  it("never says 100% while the work goes on", () => {
    const atEnd = lookOf(row({ status: "analysing", job: job({ stage: "analysing", progress: 100 }) }));
    expect([atEnd.label, shareOf(atEnd)]).toEqual(["Analysing", ""]);
    expect(atEnd.progress).toBeLessThan(100);
    expect(shareOf(lookOf(row({ status: "extracting", job: job({ progress: 42 }) })))).toBe("42%");
    expect(shareOf(lookOf(row({})))).toBe("");
  });

  it("offers another try where one can succeed", () => {
    const failed = (code: string) => row({ status: "failed", error: { code, detail: "No." } });
    expect([failed("gave_up"), row({ job: job({ status: "cancelled" }) })].map(canRetry)).toEqual([true, true]);
    expect([failed("malware"), failed("unsupported_type"), row({})].map(canRetry)).toEqual([false, false, false]);
    expect([failed("encrypted"), failed("gave_up")].map(isHopeless)).toEqual([true, false]);
  });

  it("says why it is tried again, only while it is", () => {
    const again = job({ attempt: 1, reason: "The virus scanner did not answer." });
    expect(retryOf(row({ status: "inspecting", job: again }))).toContain("1 attempt failed): The virus scanner");
    expect(retryOf(row({ job: { ...again, status: "succeeded" } }))).toBeUndefined();
  });

  it("names its version, and the one whose place it takes", () => {
    const newer = row({
      upload_id: "f2",
      version: 3,
      series_id: "s1",
      replaces: "f1",
      status: "awaiting_confirmation",
    });
    const current = row({ version: 2, series_id: "s1" });
    expect(versionOf(row({ version: 1 }))).toBe("");
    expect(versionOf(current, [newer])).toBe("version 2");
    expect(versionOf(newer, [newer, current])).toBe("version 3, replaces version 2");
    expect(versionOf(newer, [newer])).toBe("version 3, replaces the one before");
  });

  it("counts pages, slides, sheets and minutes, and nothing where there are none", () => {
    expect(lengthOf(row({ pages: 1, page_kind: "page" }))).toBe("1 page");
    expect(lengthOf(row({ pages: 12, page_kind: "slide" }))).toBe("12 slides");
    expect(lengthOf(row({ pages: 3, page_kind: "recording", metadata: { duration_s: 245.4 } }))).toBe("4 min 5 s");
    expect(lengthOf(row({ pages: 1, page_kind: "none" }))).toBe("");
  });

  it("names places as people do", () => {
    expect(placeOf("page", 4)).toBe("page 4");
    expect(placeOf("page", 4, "iv")).toBe("page iv");
    expect(placeOf("sheet", 2, "Prices")).toBe("sheet Prices");
    expect(placeOf("none", 1)).toBe("");
    expect(clockOf(3661)).toBe("1:01:01");
  });
});

describe("the largest file", () => {
  it("is told as the server has it, and not at all when it does not say", () => {
    const me = (limits?: object) => ({ limits }) as Parameters<typeof limitOf>[0];
    expect(limitOf(me({ upload_bytes: 25 * 1024 * 1024 }))).toBe("25 MB");
    expect(limitOf(me({ upload_bytes: 1.5 * 1024 * 1024 }))).toBe("1.5 MB");
    expect(limitOf(me())).toBe("");
  });
});
