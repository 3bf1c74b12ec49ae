import { describe, expect, it } from "vitest";
import { addChunk, addTyped, type Caption, type CaptionChunk, endStream, lastSpokenLine } from "./captions";

const chunk = (more: Partial<CaptionChunk>): CaptionChunk => ({
  segment: "s1",
  stream: 1,
  who: "agent",
  text: "",
  at: 0,
  ...more,
});
const texts = (captions: Caption[]) => captions.map((caption) => caption.text);

describe("captions", () => {
  it("appends the additions of one stream, as the assistant sends them", () => {
    let captions = addChunk([], chunk({ text: "Breakfast is " }));
    captions = addChunk(captions, chunk({ text: "at seven." }));
    expect(texts(captions)).toEqual(["Breakfast is at seven."]);
  });

  it("replaces the line with every new stream, as the caller's updates come", () => {
    let captions = addChunk([], chunk({ who: "user", text: "what" }));
    captions = endStream(captions, "s1", 1, false);
    captions = addChunk(captions, chunk({ who: "user", stream: 2, text: "What time is breakfast?" }));
    captions = endStream(captions, "s1", 2, true);
    expect(captions).toMatchObject([{ text: "What time is breakfast?", final: true }]);
  });

  it("ignores a late piece of an older stream", () => {
    let captions = addChunk([], chunk({ who: "user", stream: 4, text: "Book a table" }));
    captions = addChunk(captions, chunk({ who: "user", stream: 3, text: "Book" }));
    captions = endStream(captions, "s1", 3, true);
    expect(captions).toMatchObject([{ text: "Book a table", final: false }]);
  });

  it("keeps the order in which lines began while both sides speak", () => {
    let captions = addChunk([], chunk({ segment: "a", text: "Hello" }));
    captions = addChunk(captions, chunk({ segment: "u", stream: 2, who: "user", text: "Hi" }));
    captions = addChunk(captions, chunk({ segment: "a", text: " there" }));
    expect(texts(captions)).toEqual(["Hello there", "Hi"]);
  });

  it("drops a segment that ended without words", () => {
    const captions = addChunk([], chunk({ text: " " }));
    expect(endStream(captions, "s1", 1, true)).toEqual([]);
  });

  it("reads out whole lines only, and not what the person typed", () => {
    let captions = endStream(addChunk([], chunk({ text: "Hello." })), "s1", 1, true);
    captions = addTyped(captions, "t1", "hi", 1);
    captions = addChunk(captions, chunk({ segment: "s2", stream: 2, text: "One mom" }));
    expect(lastSpokenLine(captions)).toBe("Assistant: Hello.");
  });
});
