/**
 * Who is signed in, for the whole page and all its tabs. A session that ends while somebody works only covers the views
 * with the sign-in (`stale`), so that nothing typed is lost; signing out on purpose leaves nothing, in no tab.
 */

import { useSyncExternalStore } from "react";
import { auth } from "../api/auth";
import { actAs, api, isSignedOut, whenOtherPerson, whenSignedOut } from "../api/client";
import { sentenceOf } from "../api/errors";
import { SESSION_OVER, SIGNED_IN, SIGNED_OUT } from "../api/signals";
import type { Me } from "../api/types";
import { limitUploads } from "../api/upload";

export type Account =
  | { status: "loading" }
  | { status: "away"; error: string }
  | { status: "out" }
  | { status: "in"; me: Me; stale: boolean };

const CHANNEL = "voiceloop.account";
/** What the tabs of a browser tell each other: they share one cookie. */
type News = "came" | "left";

export class AccountStore {
  private state: Account = { status: "loading" };
  private listeners = new Set<() => void>();
  private tabs = new BroadcastChannel(CHANNEL);
  /** Only the answer to the latest question counts. */
  private turn = 0;
  private asking = false;

  constructor() {
    whenSignedOut(() => this.lost());
    whenOtherPerson(() => void this.load());
    this.tabs.onmessage = ({ data }: MessageEvent<News>) => (data === "left" ? this.leave() : void this.load());
    window.addEventListener("focus", () => void this.lookAgain());
    document.addEventListener("visibilitychange", () => document.hidden || void this.lookAgain());
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.state;

  /** Asks the server who we are; after a sign-in this also proves that the browser kept the session. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    this.asking = true;
    try {
      const me = await api.me();
      if (turn === this.turn) this.found(me);
    } catch (error) {
      if (turn !== this.turn || isSignedOut(error)) return;
      if (this.state.status !== "in") this.set({ status: "away", error: sentenceOf(error) });
    } finally {
      if (turn === this.turn) this.asking = false;
    }
  }

  /** A session that is over already is as good as ended. */
  async signOut(everywhere: boolean): Promise<void> {
    try {
      await (everywhere ? auth.signOutEverywhere() : auth.signOut());
    } catch (error) {
      if (!isSignedOut(error)) throw error;
    }
    this.leave();
    this.tell("left");
  }

  /** While the page was out of sight, another tab may have signed somebody else in. */
  private async lookAgain(): Promise<void> {
    if (this.state.status !== "loading" && !this.asking) await this.load();
  }

  private found(me: Me) {
    const before = this.state.status === "in" ? personOf(this.state.me) : undefined;
    const changed = before !== personOf(me);
    if (before && changed) window.dispatchEvent(new Event(SIGNED_OUT));
    limitUploads(me.limits?.upload_bytes);
    this.set({ status: "in", me, stale: false });
    window.dispatchEvent(new Event(SIGNED_IN));
    if (changed) this.tell("came");
  }

  private leave() {
    this.turn += 1;
    this.asking = false;
    window.dispatchEvent(new Event(SIGNED_OUT));
    this.set({ status: "out" });
  }

  private lost() {
    if (this.state.status !== "in") {
      if (this.state.status !== "out") this.set({ status: "out" });
    } else if (!this.state.stale) {
      this.set({ ...this.state, stale: true });
      window.dispatchEvent(new Event(SESSION_OVER));
    }
  }

  private tell(news: News) {
    this.tabs.postMessage(news);
  }

  private set(state: Account) {
    this.state = state;
    actAs(state.status === "in" ? personOf(state.me) : undefined);
    for (const listener of this.listeners) listener();
  }
}

export const account = new AccountStore();

export function useAccount(): Account {
  return useSyncExternalStore(account.subscribe, account.snapshot);
}

/** For views, which are only shown to somebody. */
export function useMe(): Me {
  const state = useAccount();
  if (state.status !== "in") throw new Error("A view was shown to nobody.");
  return state.me;
}

/** Another person or tenant gets fresh views. */
export function personOf(me: Me): string {
  return `${me.tenant.id}/${me.user.id}`;
}
