import { expect, it } from "vitest";
import type { FileRow } from "../../api/documents";
import { toldBy } from "./changes";

const shown = [{ upload_id: "a", status: "received" }] as FileRow[];
const event = (more: object) => ({ type: "document.updated", upload_id: "a", title: "Paper", ...more });

it("puts a stage into the row it is about", () => {
  const told = toldBy(event({ status: "extracting" }), shown);
  expect(told).toMatchObject({ what: "put", id: "a", change: { status: "extracting", title: "Paper" } });
});

it("reads the row whose work has ended, with what was found", () => {
  for (const status of ["awaiting_confirmation", "ready", "failed", "rejected", "replaced"]) {
    expect(toldBy(event({ status }), shown)).toEqual({ what: "read", id: "a" });
  }
});

it("leaves to the next loading what is not shown or is gone", () => {
  expect(toldBy(event({ upload_id: "b", status: "extracting" }), shown)).toEqual({ what: "elsewhere" });
  expect(toldBy({ type: "document.deleted", id: "a" }, shown)).toEqual({ what: "elsewhere" });
});
