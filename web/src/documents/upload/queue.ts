/**
 * Files on their way to the server: at most three at once, each can be stopped and tried again. It lives outside the
 * views, so that an upload goes on while the person looks elsewhere. Forgets with the person who signs out. Documents
 * and the files of a talk have one each; a paused one keeps what it was given until it is resumed.
 */

import { ApiError, sentenceOf } from "../../api/errors";
import type { Sending } from "../../api/upload";
import type { Chosen } from "./files";

export interface Upload {
  key: number;
  name: string;
  size: number;
  state: "waiting" | "sending" | "refused";
  /** The document of which it is to be the next version. */
  replaces?: string;
  /** 0-1 of what was sent. */
  share: number;
  error?: string;
  code?: string;
  /** The document that is there already with the same bytes. */
  twin?: { id: string; title: string };
}

export interface QueueState {
  uploads: readonly Upload[];
  /** Of the present run, to say "12 of 40". */
  sent: number;
  total: number;
}

interface Order extends Chosen {
  replaces?: string;
  stop?: AbortController;
}

export type Send<Row> = (file: File, sending: Sending) => Promise<Row>;

const AT_ONCE = 3;
const REST_S = 5;
const EMPTY: QueueState = { uploads: [], sent: 0, total: 0 };

export class UploadQueue<Row> {
  private state = EMPTY;
  private orders = new Map<number, Order>();
  private listeners = new Set<() => void>();
  private count = 0;
  /** The server wants fewer requests: nothing is sent until then. */
  private resting = false;
  private paused = false;

  constructor(
    private send: Send<Row>,
    private onSent: (row: Row) => void,
  ) {}

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.state;

  add(files: readonly Chosen[], replaces?: string): void {
    const busy = this.state.uploads.some((one) => one.state !== "refused");
    const fresh = files.map(({ file, path }): Upload => {
      const key = ++this.count;
      this.orders.set(key, { file, path, replaces });
      return { key, name: path, size: file.size, state: "waiting", share: 0, replaces };
    });
    const before = busy ? this.state : { ...this.state, sent: 0, total: 0 };
    this.set({ ...before, uploads: [...before.uploads, ...fresh], total: before.total + fresh.length });
    this.pump();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.pump();
  }

  /** Stops it if it is being sent, and takes it off the list; returns what can be added again. */
  remove(key: number): Chosen | undefined {
    const order = this.orders.get(key);
    const waits = this.state.uploads.some((one) => one.key === key && one.state !== "refused");
    this.orders.delete(key);
    order?.stop?.abort();
    const uploads = this.state.uploads.filter((one) => one.key !== key);
    this.set({ ...this.state, uploads, total: this.state.total - (waits ? 1 : 0) });
    this.pump();
    return order;
  }

  retry(key: number): void {
    this.change(key, { state: "waiting", share: 0, error: undefined, code: undefined });
    this.set({ ...this.state, total: this.state.total + 1 });
    this.pump();
  }

  clear(): void {
    for (const order of this.orders.values()) order.stop?.abort();
    this.orders.clear();
    this.set(EMPTY);
  }

  private pump() {
    if (this.resting || this.paused) return;
    const sending = this.state.uploads.filter((one) => one.state === "sending").length;
    const next = this.state.uploads.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - sending));
    for (const one of next) void this.run(one.key);
  }

  private async run(key: number) {
    const order = this.orders.get(key);
    if (!order) return;
    const stop = new AbortController();
    order.stop = stop;
    this.change(key, { state: "sending" });
    try {
      const onProgress = (share: number) => this.change(key, { share });
      const row = await this.send(order.file, { onProgress, signal: stop.signal, replaces: order.replaces });
      if (!this.orders.delete(key)) return;
      this.onSent(row); // first, so that whoever shows both never has neither
      const uploads = this.state.uploads.filter((one) => one.key !== key);
      this.set({ ...this.state, uploads, sent: this.state.sent + 1 });
    } catch (error) {
      if (!this.orders.has(key)) return;
      if (error instanceof ApiError && error.status === 429) return this.rest(key, error.retryAfterS ?? REST_S);
      this.change(key, { state: "refused", ...whyOf(error) });
      this.set({ ...this.state, total: this.state.total - 1 });
    }
    this.pump();
  }

  private rest(key: number, seconds: number) {
    this.change(key, { state: "waiting", share: 0 });
    if (this.resting) return;
    this.resting = true;
    setTimeout(() => {
      this.resting = false;
      this.pump();
    }, seconds * 1000);
  }

  private change(key: number, what: Partial<Upload>) {
    this.set({
      ...this.state,
      uploads: this.state.uploads.map((one) => (one.key === key ? { ...one, ...what } : one)),
    });
  }

  private set(state: QueueState) {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

function whyOf(error: unknown): Pick<Upload, "error" | "code" | "twin"> {
  if (!(error instanceof ApiError)) return { error: sentenceOf(error) };
  const { document_id: id, document_title: title } = error.details;
  const twin = typeof id === "string" ? { id, title: typeof title === "string" ? title : "the document" } : undefined;
  return { error: error.message, code: error.code, twin };
}
