/**
 * Typed words on their way, one after the other: not before the assistant listens (text streams are not kept for who
 * comes late), and not before the files that came with them are read, for the answer may stand in them.
 */

/** Where the files of the conversation are; `settled` resolves when none is on its way or being read. */
export interface TalkFiles {
  begin: (conversation: string) => void;
  end: () => void;
  settled: () => Promise<void>;
}

interface Room {
  isOpen: () => boolean;
  settled: TalkFiles["settled"];
  send: (text: string) => Promise<unknown>;
  failed: (text: string) => void;
}

export class Outbox {
  private queue: string[] = [];
  private busy = false;

  constructor(private room: Room) {}

  push(text: string): void {
    this.queue.push(text);
  }

  clear(): void {
    this.queue = [];
  }

  async flush(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.queue.length && this.room.isOpen()) {
        await this.room.settled();
        if (this.room.isOpen()) await this.sendFirst();
      }
    } finally {
      this.busy = false;
    }
  }

  private async sendFirst(): Promise<void> {
    const text = this.queue.shift();
    if (text === undefined) return;
    try {
      await this.room.send(text);
    } catch {
      this.room.failed(text);
    }
  }
}
