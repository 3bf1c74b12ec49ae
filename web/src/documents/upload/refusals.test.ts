import { describe, expect, it } from "vitest";
import { isFinal, kindsOf, shortOf } from "./refusals";

const KINDS = "PDF, Word (.docx), plain text, pictures (PNG, JPEG) or sound (WAV, MP3)";

describe("a refused file", () => {
  it("is not offered again when the same bytes can never be taken", () => {
    expect(["unsupported_type", "malware", "encrypted", "empty_file"].every(isFinal)).toBe(true);
    expect(["scanner_unavailable", "unreachable", "gave_up", undefined].some(isFinal)).toBe(false);
  });

  it("is explained without the list of all kinds", () => {
    expect(shortOf(`This is a program. What can be taken: ${KINDS}.`)).toBe("This is a program.");
    expect(shortOf(`This is no text: it holds binary data. Upload ${KINDS}.`)).toBe(
      "This is no text: it holds binary data.",
    );
    expect(shortOf("This is an old Word file. Save it as .docx and upload that.")).toContain("upload that");
  });

  it("tells the kinds once for all", () => {
    const reasons = [undefined, "It is empty.", `A program. What can be taken: ${KINDS}.`];
    expect(kindsOf(reasons)).toBe(KINDS);
    expect(kindsOf(["It is empty."])).toBe("");
  });
});
