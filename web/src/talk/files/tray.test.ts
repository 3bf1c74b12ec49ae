import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Attachment } from "../../api/attachments";
import { ApiError } from "../../api/errors";
import { Tray } from "./tray";
import { stateOf, summaryOf } from "./words";

const chosen = (name: string) => ({ file: new File(["x"], name), path: name });
const row = (id: string, more: Partial<Attachment> = {}): Attachment => ({
  id,
  conversation_id: "k1",
  filename: `${id}.pdf`,
  file_size: 2048,
  content_type: "application/pdf",
  status: "received",
  ...more,
});

const server = {
  of: vi.fn(async (_conversation: string) => ({ items: [] as Attachment[] })),
  send: vi.fn(async (conversation: string, file: File) =>
    row(file.name.replace(".pdf", ""), { conversation_id: conversation }),
  ),
  remove: vi.fn(async (_attachment: string): Promise<unknown> => undefined),
};
let offered: { text: string; undo: () => Promise<unknown>; late?: () => void }[];
let tray: Tray;
const states = () => tray.snapshot().map((one) => [one.name, one.state]);

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  offered = [];
  tray = new Tray(server, (text, undo, late) => offered.push({ text, undo, late }));
});
afterEach(() => vi.useRealTimers());

describe("files of a talk", () => {
  it("wait for the conversation, are sent there and asked after until they are read", async () => {
    tray.add([chosen("letter.pdf")]);
    expect(states()).toEqual([["letter.pdf", "waiting"]]);
    expect(server.send).not.toHaveBeenCalled();
    tray.begin("k1");
    await vi.advanceTimersByTimeAsync(0);
    expect(server.send.mock.calls[0]?.[0]).toBe("k1");
    expect(states()).toEqual([["letter.pdf", "reading"]]);
    server.of.mockResolvedValueOnce({ items: [row("letter", { status: "ready" })] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(states()).toEqual([["letter.pdf", "ready"]]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.of).toHaveBeenCalledTimes(1);
  });

  it("say in the server's words why they cannot be used", async () => {
    tray.begin("k1");
    server.send.mockRejectedValueOnce(new ApiError("This kind of file is not taken.", 415, "unsupported_type"));
    tray.add([chosen("a.pdf"), chosen("b.pdf")]);
    await vi.advanceTimersByTimeAsync(0);
    const error = { code: "encrypted", detail: "It is locked with a password." };
    server.of.mockResolvedValueOnce({ items: [row("b", { status: "failed", error })] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(tray.snapshot()).toMatchObject([
      { name: "b.pdf", state: "failed", reason: "It is locked with a password." },
      { name: "a.pdf", state: "refused", reason: "This kind of file is not taken." },
    ]);
  });

  it("let typed words go when all are read", async () => {
    let gone = false;
    tray.begin("k1");
    tray.add([chosen("letter.pdf")]);
    void tray.settled().then(() => {
      gone = true;
    });
    await vi.advanceTimersByTimeAsync(500);
    expect(gone).toBe(false);
    server.of.mockResolvedValueOnce({ items: [row("letter", { status: "ready" })] });
    await vi.advanceTimersByTimeAsync(1000);
    expect(gone).toBe(true);
  });

  it("keep typed words a minute and no longer", async () => {
    let gone = false;
    tray.add([chosen("letter.pdf")]);
    void tray.settled().then(() => {
      gone = true;
    });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(gone).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gone).toBe(true);
  });

  it("go along with the next talk when they come after the end of one", async () => {
    tray.begin("k1");
    tray.end();
    tray.add([chosen("late.pdf")]);
    expect(states()).toEqual([["late.pdf", "waiting"]]);
    tray.begin("k2");
    await vi.advanceTimersByTimeAsync(0);
    expect(server.send.mock.calls[0]?.[0]).toBe("k2");
  });

  it("of an earlier talk are no longer shown in the next", async () => {
    tray.begin("k1");
    tray.add([chosen("old.pdf")]);
    await vi.advanceTimersByTimeAsync(0);
    tray.begin("k2");
    expect(states()).toEqual([]);
  });

  it("leave nothing when the person goes", async () => {
    tray.begin("k1");
    tray.add([chosen("a.pdf")]);
    await vi.advanceTimersByTimeAsync(0);
    tray.add([chosen("b.pdf")]);
    tray.clear();
    expect(states()).toEqual([]);
    tray.add([chosen("c.pdf")]);
    expect(states()).toEqual([["c.pdf", "waiting"]]);
  });
});

describe("removing a file of a talk", () => {
  const there = async () => {
    tray.begin("k1");
    tray.add([chosen("letter.pdf")]);
    await vi.advanceTimersByTimeAsync(0);
  };

  it("can be undone until its toast goes, and only then reaches the server", async () => {
    await there();
    tray.remove("letter");
    expect(states()).toEqual([]);
    await offered[0]?.undo();
    expect(states()).toEqual([["letter.pdf", "reading"]]);
    expect(server.remove).not.toHaveBeenCalled();
    tray.remove("letter");
    offered[1]?.late?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(server.remove).toHaveBeenCalledWith("letter");
    expect(states()).toEqual([]);
  });

  it("says when the server would not", async () => {
    await there();
    server.remove.mockRejectedValueOnce(new ApiError("You are not allowed to do that.", 403));
    tray.remove("letter");
    offered[0]?.late?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(tray.snapshot()[0]?.reason).toContain("You are not allowed to do that.");
  });

  it("brings back one that was not sent yet", async () => {
    tray.add([chosen("letter.pdf")]);
    tray.remove(tray.snapshot()[0]?.key ?? "");
    expect(states()).toEqual([]);
    await offered[0]?.undo();
    expect(states()).toEqual([["letter.pdf", "waiting"]]);
  });
});

describe("a file of a talk in words", () => {
  const file = (state: "waiting" | "sending" | "reading" | "ready", more = {}) => ({
    key: "1",
    name: "a.pdf",
    size: 2048,
    state,
    share: 0.42,
    ...more,
  });

  it("tells what happens to it", () => {
    expect(stateOf(file("waiting"), false)).toBe("Goes along when you begin");
    expect(stateOf(file("waiting"), true)).toBe("Waiting");
    expect(stateOf(file("sending"), true)).toBe("Sending, 42%");
    const read = row("a", { status: "ready", page_kind: "page", pages: 3 });
    expect(stateOf(file("ready", { attachment: read }), true)).toBe("3 pages");
    expect(stateOf(file("ready"), true)).toBe("2 KB");
  });

  it("is told in one line to those who listen", () => {
    expect(summaryOf([file("ready"), file("reading"), file("sending")])).toBe(
      "2 files on the way, 1 file ready to ask about",
    );
    expect(summaryOf([])).toBe("");
  });
});
