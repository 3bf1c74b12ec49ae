import { describe, expect, it } from "vitest";
import { refusalOf, statusOf } from "./words";

describe("accounts in words", () => {
  it("say nothing while all is well, and otherwise what to do", () => {
    expect(statusOf({ status: "connected", provider: "google", error: "" })).toBeUndefined();
    expect(statusOf({ status: "needs_reconnect", provider: "google", error: "invalid_grant" })).toBe(
      "Google no longer lets us in. Connect it again.",
    );
    expect(statusOf({ status: "failing", provider: "caldav", error: "It timed out." })).toMatch(
      /^The CalDAV server does not answer.*It timed out\.$/,
    );
  });

  it("have a sentence for every reason, also one that is new", () => {
    expect(refusalOf("denied")).toContain("did not allow");
    expect(refusalOf("something")).toContain("could not be connected");
  });
});
