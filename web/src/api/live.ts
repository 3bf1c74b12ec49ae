/** Live changes: one EventSource for the whole page, shared by every view; polls while the stream is down. */

import { useEffect, useRef } from "react";

const NAMES = [
  "job.updated",
  "document.updated",
  "document.deleted",
  "event.booked",
  "event.moved",
  "event.cancelled",
  "event.updated",
  "calendar.updated",
  "calendar_write.waiting",
  "calendar_write.refused",
  "calendar_write.delivered",
  "calendar_account.updated",
  "calendar_account.deleted",
  "calendar.notice",
  "calendar_preferences.updated",
  "conversation.started",
  "conversation.ended",
  "message.added",
  "attachment.updated",
  "attachment.deleted",
  "persona.created",
  "persona.updated",
  "persona.deleted",
  "persona.restored",
];
const POLL_MS = 5000;

type Listener = (type: string, data: unknown) => void;

class LiveFeed {
  private listeners = new Set<Listener>();
  private source: EventSource | undefined;
  private poll: number | undefined;

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  private open() {
    const source = new EventSource("/api/events");
    this.source = source;
    for (const name of NAMES) source.addEventListener(name, (event) => this.tell(name, parse(event.data)));
    source.onmessage = (event) => this.tell(typeOf(parse(event.data)));
    source.onopen = () => {
      // What happened while the stream was away is unknown: everyone looks again once.
      if (this.poll !== undefined) this.tell("*");
      this.stopPolling();
    };
    source.onerror = () => {
      this.startPolling();
      // A refused stream (not 200) is closed for good by the browser; try again with the next poll.
      if (source.readyState === EventSource.CLOSED) this.source = undefined;
    };
  }

  private startPolling() {
    this.poll ??= window.setInterval(() => {
      this.tell("*");
      if (!this.source) this.open();
    }, POLL_MS);
  }

  private stopPolling() {
    window.clearInterval(this.poll);
    this.poll = undefined;
  }

  private close() {
    this.stopPolling();
    this.source?.close();
    this.source = undefined;
  }

  private tell(type: string, data?: unknown) {
    for (const listener of this.listeners) listener(type, data);
  }
}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}

function typeOf(data: unknown): string {
  const type = (data as { type?: unknown } | undefined)?.type;
  return typeof type === "string" ? type : "*";
}

const feed = new LiveFeed();

/** Calls `onEvent` for every event of these types, at once, with what it carries. */
export function useLiveData(prefix: string, onEvent: (data: Record<string, unknown>) => void): void {
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(
    () =>
      feed.subscribe((type, data) => {
        if (type.startsWith(prefix) && typeof data === "object" && data) latest.current({ ...data });
      }),
    [prefix],
  );
}

/** Calls `onChange` (at most every `everyMs`) when something whose type starts with one of `prefixes` has changed. */
export function useLive(prefixes: readonly string[], onChange: () => void, everyMs = 250): void {
  const latest = useRef(onChange);
  latest.current = onChange;
  const key = prefixes.join("|");
  useEffect(() => {
    let timer: number | undefined;
    const wanted = key.split("|");
    const stop = feed.subscribe((type) => {
      if (type !== "*" && !wanted.some((prefix) => type.startsWith(prefix))) return;
      timer ??= window.setTimeout(() => {
        timer = undefined;
        latest.current();
      }, everyMs);
    });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [key, everyMs]);
}
