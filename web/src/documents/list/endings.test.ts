import { expect, it } from "vitest";
import type { FileRow, FileStatus } from "../../api/documents";
import { newsOf, statusesOf } from "./endings";

const row = (id: string, status: FileStatus) => ({ upload_id: id, title: `Paper ${id}`, status }) as FileRow;

it("tells how the work of a document ended, once", () => {
  const before = statusesOf([row("a", "analysing"), row("b", "extracting"), row("c", "ready")]);
  const now = [row("a", "awaiting_confirmation"), row("b", "analysing"), row("c", "ready")];
  expect(newsOf(before, now)).toBe("Paper a is waiting for you.");
  expect(newsOf(statusesOf(now), now)).toBe("");
});

it("does not read out a list that is seen for the first time", () => {
  expect(newsOf(new Map(), [row("a", "failed"), row("b", "ready")])).toBe("");
});
