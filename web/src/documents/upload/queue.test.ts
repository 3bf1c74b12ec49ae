import { describe, expect, it, vi } from "vitest";
import type { FileRow } from "../../api/documents";
import { ApiError } from "../../api/errors";
import type { Sending } from "../../api/upload";
import { sortOut } from "./files";
import { UploadQueue } from "./queue";

const file = (name: string) => ({ file: new File(["x"], name), path: name });
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A server that answers when told to. */
function server() {
  const calls: { name: string; sending: Sending; answer: () => void; refuse: (error: Error) => void }[] = [];
  const send = (sent: File, sending: Sending) =>
    new Promise<FileRow>((resolve, reject) => {
      calls.push({ name: sent.name, sending, answer: () => resolve({} as FileRow), refuse: reject });
      sending.signal?.addEventListener("abort", () => reject(new ApiError("stopped", 0, "aborted")));
    });
  return { calls, send };
}

describe("uploads", () => {
  it("sends three at once and the next when one has arrived", async () => {
    const { calls, send } = server();
    const arrived = vi.fn();
    const queue = new UploadQueue(send, arrived);
    queue.add(["a", "b", "c", "d", "e"].map(file));
    expect(calls.map((call) => call.name)).toEqual(["a", "b", "c"]);
    calls[1]?.answer();
    await settled();
    expect(calls.map((call) => call.name)).toEqual(["a", "b", "c", "d"]);
    expect(arrived).toHaveBeenCalledTimes(1);
    expect(queue.snapshot()).toMatchObject({ sent: 1, total: 5 });
  });

  it("shows how much of a file was sent", () => {
    const { calls, send } = server();
    const queue = new UploadQueue(send, () => undefined);
    queue.add([file("a")]);
    calls[0]?.sending.onProgress(0.4);
    expect(queue.snapshot().uploads[0]).toMatchObject({ state: "sending", share: 0.4 });
  });

  it("keeps what was refused with the reason, and goes on with the others", async () => {
    const { calls, send } = server();
    const queue = new UploadQueue(send, () => undefined);
    queue.add(["a", "b", "c", "d"].map(file));
    calls[0]?.refuse(
      new ApiError("It is there already.", 409, "duplicate_document", undefined, undefined, {
        document_id: "d1",
        document_title: "Handbook",
      }),
    );
    await settled();
    expect(queue.snapshot().uploads[0]).toMatchObject({
      state: "refused",
      error: "It is there already.",
      twin: { id: "d1", title: "Handbook" },
    });
    expect(calls.map((call) => call.name)).toEqual(["a", "b", "c", "d"]);
  });

  it("tries again what was refused", async () => {
    const { calls, send } = server();
    const queue = new UploadQueue(send, () => undefined);
    queue.add([file("a")]);
    calls[0]?.refuse(new Error("no line"));
    await settled();
    queue.retry(queue.snapshot().uploads[0]?.key ?? 0);
    calls[1]?.answer();
    await settled();
    expect(queue.snapshot()).toMatchObject({ uploads: [], sent: 1, total: 1 });
  });

  it("stops what is taken off the list and sends another in its place", async () => {
    const { calls, send } = server();
    const queue = new UploadQueue(send, () => undefined);
    queue.add(["a", "b", "c", "d"].map(file));
    queue.remove(queue.snapshot().uploads[0]?.key ?? 0);
    await settled();
    expect(calls[0]?.sending.signal?.aborted).toBe(true);
    expect(queue.snapshot().uploads.map((one) => [one.name, one.state])).toEqual([
      ["b", "sending"],
      ["c", "sending"],
      ["d", "sending"],
    ]);
  });

  it("rests when the server wants fewer requests, and goes on", async () => {
    vi.useFakeTimers();
    const { calls, send } = server();
    const queue = new UploadQueue(send, () => undefined);
    queue.add([file("a")]);
    calls[0]?.refuse(new ApiError("Too many.", 429, "too_many", undefined, 7));
    await vi.advanceTimersByTimeAsync(6_900);
    expect(calls).toHaveLength(1);
    expect(queue.snapshot().uploads[0]).toMatchObject({ state: "waiting" });
    await vi.advanceTimersByTimeAsync(200);
    expect(calls).toHaveLength(2);
    vi.useRealTimers();
  });

  it("keeps what it was given while it is paused, and gives back what is taken off", async () => {
    const { calls, send } = server();
    const queue = new UploadQueue(send, () => undefined);
    queue.pause();
    queue.add(["a", "b"].map(file));
    expect(calls).toEqual([]);
    expect(queue.remove(queue.snapshot().uploads[0]?.key ?? 0)).toMatchObject({ path: "a" });
    queue.resume();
    expect(calls.map((call) => call.name)).toEqual(["b"]);
  });

  it("leaves nothing when the person goes", async () => {
    const { calls, send } = server();
    const queue = new UploadQueue(send, () => undefined);
    queue.add(["a", "b"].map(file));
    queue.clear();
    await settled();
    expect(calls.every((call) => call.sending.signal?.aborted)).toBe(true);
    expect(queue.snapshot().uploads).toEqual([]);
  });
});

describe("a folder", () => {
  const found = ["Manuals/boiler.pdf", "Manuals/.DS_Store", "Manuals/setup.exe", "Manuals/2026/prices.XLSX"].map(file);

  it("gives what can be read and counts the rest, without the system's litter", () => {
    const { taken, left } = sortOut(found);
    expect(taken.map((one) => one.path)).toEqual(["Manuals/boiler.pdf", "Manuals/2026/prices.XLSX"]);
    expect(left).toBe(1);
  });

  it("does not hold back a file that was chosen by itself", () => {
    expect(sortOut([file("odd.xyz")]).taken).toHaveLength(1);
  });
});
