import { describe, expect, it } from "vitest";
import { bytesOf, bytesText, gigabytesOf, shareOf, slugOf, toneOf } from "./amounts";

describe("amounts of use", () => {
  it("are told in the unit that fits", () => {
    expect(bytesText(0)).toBe("0 B");
    expect(bytesText(1536)).toBe("1.5 KB");
    expect(bytesText(10 * 1024 ** 3)).toBe("10 GB");
  });

  it("fill a bar up to the limit and warn before it", () => {
    expect(shareOf(50, 200)).toBe(25);
    expect(shareOf(500, 200)).toBe(100);
    expect(shareOf(1, 0)).toBe(100);
    expect(shareOf(1, null)).toBeUndefined();
    expect([toneOf(79), toneOf(80), toneOf(100), toneOf(undefined)]).toEqual(["calm", "near", "full", "calm"]);
  });

  it("come back from gigabytes as the same bytes", () => {
    expect(bytesOf(gigabytesOf(10 * 1024 ** 3))).toBe(10 * 1024 ** 3);
  });
});

describe("a short name", () => {
  it("is made of letters, digits and hyphens", () => {
    expect(slugOf("Grüne Küche GmbH & Co.")).toBe("grune-kuche-gmbh-co");
    expect(slugOf("  ")).toBe("");
  });
});
