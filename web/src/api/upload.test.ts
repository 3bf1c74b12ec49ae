import { afterEach, describe, expect, it } from "vitest";
import { limitUploads, sendFile } from "./upload";

afterEach(() => limitUploads(undefined));

describe("a file larger than the server takes", () => {
  it("is not sent, and the limit is named", async () => {
    limitUploads(2 * 1024 * 1024);
    const file = new File([new Uint8Array(2 * 1024 * 1024 + 1)], "large.pdf");
    const sent = sendFile("/api/files/upload", file, { onProgress: () => undefined });
    await expect(sent).rejects.toMatchObject({ code: "file_too_large", message: expect.stringContaining("2 MB") });
  });
});
