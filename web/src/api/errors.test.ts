import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from "./client";
import { documents } from "./documents";
import { errorFromAnswer, sentenceOf } from "./errors";

afterEach(() => vi.unstubAllGlobals());

describe("errors", () => {
  it("shows the detail of a problem+json answer", () => {
    const body = JSON.stringify({
      title: "Unprocessable",
      detail: "This PDF is protected.",
      code: "encrypted",
      request_id: "r1",
    });
    expect(errorFromAnswer(422, body)).toMatchObject({
      message: "This PDF is protected.",
      code: "encrypted",
      requestId: "r1",
    });
  });

  it("has a sentence of its own for a proxy's HTML page", () => {
    expect(errorFromAnswer(413, "<html>413</html>").message).toBe("That file is too large.");
    expect(errorFromAnswer(502, "<html>Bad gateway</html>").message).toContain("server had a problem");
  });

  it("says that the server is away when nothing answers", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const failure = await api.me().catch(sentenceOf);
    expect(failure).toContain("cannot be reached");
  });

  it("marks every request as coming from the page", async () => {
    const fetched = vi.fn((_path: string, _request: RequestInit) => Promise.resolve(new Response('{"items":[]}')));
    vi.stubGlobal("fetch", fetched);
    await documents.page({}, 50);
    expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ "X-VoiceLoop": "1" });
  });
});
