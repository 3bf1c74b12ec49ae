import { describe, expect, it } from "vitest";
import { whyRefused } from "./answers";

describe("the assistant's word on a click", () => {
  it("is nothing to tell when the answer was taken", () => {
    expect(whyRefused('{"ok": true}')).toBeUndefined();
  });

  it("is the reason when the question is not open any more", () => {
    const raw = '{"ok": false, "reason": "There is nothing to confirm any more."}';
    expect(whyRefused(raw)).toBe("There is nothing to confirm any more.");
  });

  it("is a sentence even when no reason came", () => {
    expect(whyRefused('{"ok": false}')).toBe("This question is no longer open.");
  });

  it("takes an answer it cannot read as taken, since the call came through", () => {
    for (const raw of ["", "null", "[]", "ok"]) expect(whyRefused(raw)).toBeUndefined();
  });
});
