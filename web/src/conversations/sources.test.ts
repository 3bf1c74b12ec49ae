import { describe, expect, it } from "vitest";
import type { Message } from "../api/types";
import { piecesOf } from "./italics";
import { numbersOf } from "./sources";

const message = (...documents: string[]): Message => ({
  id: documents.join(),
  role: "assistant",
  text: "",
  created_at: "2026-11-21T09:00:00Z",
  citations: documents.map((document_id) => ({ document_id, title: document_id })),
});

describe("sources of a conversation", () => {
  it("are numbered by first mention, each once", () => {
    const numbers = numbersOf([message("b", "a"), message(), message("a", "c")]);
    expect([...numbers]).toEqual([
      ["b", 1],
      ["a", 2],
      ["c", 3],
    ]);
  });
});

describe("a reference's markup", () => {
  it("becomes pieces, italic or not, with what people typed as it was", () => {
    expect(piecesOf("Smith, J. (2021). <i>Bread &amp; butter &lt;b&gt;</i>. R&amp;D &amp;lt;.")).toEqual([
      { text: "Smith, J. (2021). ", italic: false },
      { text: "Bread & butter <b>", italic: true },
      { text: ". R&D &lt;.", italic: false },
    ]);
  });
});
