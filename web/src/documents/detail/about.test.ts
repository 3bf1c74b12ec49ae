import { describe, expect, it } from "vitest";
import type { FileRow } from "../../api/documents";
import { authorLines, metadataOf, sourceOf } from "./about";

describe("source and metadata", () => {
  it("reads authors in all the ways they are kept", () => {
    const kept = ["Curie, Marie", { family: "Noether", given: "Emmy" }, { literal: "WHO" }, null, ""];
    expect(authorLines(kept)).toEqual(["Curie, Marie", "Noether, Emmy", "WHO"]);
    expect(authorLines("Curie")).toEqual([]);
  });

  it("shows only what is known", () => {
    expect(sourceOf({ authors: ["Berg, Ada"], journal: "Nature", doi: "", type: "article" })).toEqual([
      ["Authors", "Berg, Ada"],
      ["Journal", "Nature"],
      ["Kind", "Article"],
    ]);
    expect(sourceOf(undefined)).toEqual([]);
  });

  it("puts dates, lengths and sizes into words and leaves out what nobody reads", () => {
    const metadata = {
      author: "Ada",
      duration_s: 125,
      width: 800,
      height: 600,
      outline: [{ title: "A" }],
      producer: "Skia/PDF",
      codec: "pcm_s16le",
      ocr_confidence: 0.96,
      subject: "",
    };
    expect(metadataOf({ metadata } as unknown as FileRow)).toEqual([
      ["Author", "Ada"],
      ["Length", "2 min 5 s"],
      ["Read from pictures", "96% sure"],
      ["Picture", "800 × 600 pixels"],
    ]);
  });
});
