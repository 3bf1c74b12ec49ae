import { describe, expect, it } from "vitest";
import { allPages } from "./paging";

describe("a list in pages", () => {
  it("is read to its end, in order", async () => {
    const pages: Record<string, { items: number[]; next_cursor: string | null }> = {
      "": { items: [1, 2], next_cursor: "a" },
      a: { items: [3, 4], next_cursor: "b" },
      b: { items: [5], next_cursor: null },
    };
    const asked: (string | undefined)[] = [];
    const all = await allPages(async (cursor) => {
      asked.push(cursor);
      return pages[cursor ?? ""] ?? { items: [] };
    });
    expect(all.items).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual([undefined, "a", "b"]);
  });

  it("is one request when it is short", async () => {
    let asked = 0;
    await allPages(async () => ({ items: [++asked] }));
    expect(asked).toBe(1);
  });

  it("ends when a cursor leads nowhere", async () => {
    const all = await allPages(async () => ({ items: ["again"], next_cursor: "same" }));
    expect(all.items).toEqual(["again", "again"]);
  });

  it("fails as a whole when a page fails", async () => {
    const load = async (cursor: string | undefined) => {
      if (cursor) throw new Error("gone");
      return { items: [1], next_cursor: "a" };
    };
    await expect(allPages(load)).rejects.toThrow("gone");
  });
});
