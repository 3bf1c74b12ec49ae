import { describe, expect, it, vi } from "vitest";
import { Outbox } from "./outbox";

function room() {
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  const state = { open: true };
  const failed = vi.fn();
  const outbox = new Outbox({
    isOpen: () => state.open,
    settled: () => new Promise<void>((resolve) => waiting.push(resolve)),
    send: async (text) => {
      if (text === "lost") throw new Error("closed");
      sent.push(text);
    },
    failed,
  });
  const settle = async () => {
    waiting.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { outbox, sent, settle, state, failed };
}

describe("typed words", () => {
  it("wait for the files that came with them and keep their order", async () => {
    const { outbox, sent, settle } = room();
    outbox.push("one");
    void outbox.flush();
    outbox.push("two");
    void outbox.flush();
    expect(sent).toEqual([]);
    await settle();
    expect(sent).toEqual(["one"]);
    await settle();
    expect(sent).toEqual(["one", "two"]);
  });

  it("are kept while the assistant is away", async () => {
    const { outbox, sent, settle, state } = room();
    state.open = false;
    outbox.push("one");
    await outbox.flush();
    expect(sent).toEqual([]);
    state.open = true;
    void outbox.flush();
    await settle();
    expect(sent).toEqual(["one"]);
  });

  it("are forgotten when the talk ends meanwhile", async () => {
    const { outbox, sent, settle } = room();
    outbox.push("one");
    void outbox.flush();
    outbox.clear();
    await settle();
    expect(sent).toEqual([]);
  });

  it("that were lost are told, and the next go on", async () => {
    const { outbox, sent, settle, failed } = room();
    outbox.push("lost");
    outbox.push("two");
    void outbox.flush();
    await settle();
    await settle();
    expect(failed).toHaveBeenCalledWith("lost");
    expect(sent).toEqual(["two"]);
  });
});
