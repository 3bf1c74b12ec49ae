/**
 * The files of the talk under way, from the person's hand until the assistant can answer from them. What is given before
 * a talk waits for it. Knows nothing of React; lives outside the views, forgets with the person who signs out.
 */

import type { Attachment } from "../../api/attachments";
import { sentenceOf } from "../../api/errors";
import type { Page } from "../../api/types";
import type { Chosen } from "../../documents/upload/files";
import { type Send, UploadQueue } from "../../documents/upload/queue";

export type TrayStatus = "waiting" | "sending" | "reading" | "ready" | "failed" | "refused";

export interface TrayFile {
  key: string;
  name: string;
  size: number;
  /** `failed`: it is there, but its text cannot be used; `refused`: it is not there. */
  state: TrayStatus;
  /** 0-1 of what was sent. */
  share: number;
  /** Why it failed or was refused. */
  reason?: string;
  /** The server's name for it. */
  code?: string;
  attachment?: Attachment;
}

/** What the tray asks of the server. */
export interface TrayServer {
  of: (conversation: string) => Promise<Page<Attachment>>;
  send: (conversation: string, ...sent: Parameters<Send<Attachment>>) => Promise<Attachment>;
  remove: (attachment: string) => Promise<unknown>;
}
/** As `app/toasts.ts` has it. */
type Offer = (text: string, undo: () => Promise<unknown>, late?: () => void) => void;

const LOOK_MS = 1000;
/** Typed words do not wait longer for files than this. */
const PATIENCE_MS = 60_000;
const UNSETTLED: readonly TrayStatus[] = ["waiting", "sending", "reading"];

export class Tray {
  private files: readonly TrayFile[] = [];
  private sent: Attachment[] = [];
  /** Taken away, and on the server until it cannot be undone any more. */
  private hidden = new Set<string>();
  private problems = new Map<string, string>();
  private conversation: string | undefined;
  private looking: ReturnType<typeof setTimeout> | undefined;
  private listeners = new Set<() => void>();
  private queue: UploadQueue<Attachment>;

  constructor(
    private server: TrayServer,
    private offer: Offer,
  ) {
    const send: Send<Attachment> = (file, sending) => server.send(this.conversation ?? "", file, sending);
    this.queue = new UploadQueue(send, (row) => this.arrived(row));
    this.queue.pause();
    this.queue.subscribe(() => this.draw());
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.files;

  add(files: readonly Chosen[]): void {
    this.queue.add(files);
  }

  /** The talk has a conversation to attach to; another one begins with what still waits. */
  begin(conversation: string): void {
    if (conversation !== this.conversation) this.forgetSent();
    this.conversation = conversation;
    this.queue.resume();
    this.draw();
  }

  /** What comes now is for the next talk. */
  end(): void {
    this.queue.pause();
  }

  clear(): void {
    this.queue.clear();
    this.queue.pause();
    this.forgetSent();
    this.conversation = undefined;
    this.draw();
  }

  retry(key: string): void {
    this.queue.retry(Number(key));
  }

  /** Takes it away, with a way back; what the server never had is only dismissed. */
  remove(key: string): void {
    const file = this.files.find((one) => one.key === key);
    if (!file) return;
    const text = `“${file.name}” was removed.`;
    if (!file.attachment) {
      const chosen = this.queue.remove(Number(key));
      if (chosen && file.state !== "refused") this.offer(text, async () => this.queue.add([chosen]));
      return;
    }
    this.hide(key, true);
    this.offer(
      text,
      async () => this.hide(key, false),
      () => void this.removeForGood(key),
    );
  }

  /** Resolves when no file is on its way or being read, or when one takes too long. */
  settled(): Promise<void> {
    if (this.isSettled()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, PATIENCE_MS);
      const stop = this.subscribe(() => this.isSettled() && done());
    });
  }

  private isSettled(): boolean {
    return !this.files.some((one) => UNSETTLED.includes(one.state));
  }

  private arrived(row: Attachment) {
    if (row.conversation_id !== this.conversation) return;
    this.sent = [...this.sent, row];
    this.draw();
    this.lookLater();
  }

  private lookLater() {
    const busy = this.sent.some((one) => one.status === "received" || one.status === "reading");
    if (busy && this.looking === undefined) this.looking = setTimeout(() => void this.look(), LOOK_MS);
  }

  private async look() {
    const asked = this.conversation ?? "";
    const found = await this.server.of(asked).catch(() => undefined);
    if (asked !== this.conversation) return;
    this.looking = undefined;
    if (found) this.sent = this.sent.flatMap((one) => found.items.filter((fresh) => fresh.id === one.id));
    this.draw();
    this.lookLater();
  }

  private async removeForGood(key: string) {
    try {
      await this.server.remove(key);
      this.sent = this.sent.filter((one) => one.id !== key);
    } catch (error) {
      this.problems.set(key, `It could not be removed: ${sentenceOf(error)}`);
    }
    this.hide(key, false);
  }

  private hide(key: string, away: boolean) {
    if (away) this.hidden.add(key);
    else this.hidden.delete(key);
    this.draw();
  }

  private forgetSent() {
    clearTimeout(this.looking);
    this.looking = undefined;
    this.sent = [];
    this.hidden.clear();
    this.problems.clear();
  }

  private draw() {
    const sent = this.sent.filter((one) => !this.hidden.has(one.id));
    const coming = this.queue.snapshot().uploads.map(
      ({ key, name, size, state, share, error, code }): TrayFile => ({
        key: String(key),
        name,
        size,
        state,
        share,
        reason: error,
        code,
      }),
    );
    this.files = [...sent.map((one) => fileOf(one, this.problems.get(one.id))), ...coming];
    for (const listener of this.listeners) listener();
  }
}

function fileOf(one: Attachment, problem: string | undefined): TrayFile {
  const state = one.status === "ready" || one.status === "failed" ? one.status : "reading";
  const failed = state === "failed" ? (one.error?.detail ?? "It could not be read.") : undefined;
  return {
    key: one.id,
    name: one.filename,
    size: one.file_size,
    state,
    share: 1,
    reason: problem ?? failed,
    attachment: one,
  };
}
