/**
 * Who is signed in, for the whole page. A session that ends while somebody works only covers the views with the
 * sign-in (`stale`), so that nothing typed is lost; signing out on purpose leaves nothing.
 */

import { useSyncExternalStore } from "react";
import { auth } from "../api/auth";
import { api, whenSignedOut } from "../api/client";
import { ApiError, sentenceOf } from "../api/errors";
import { SIGNED_IN, SIGNED_OUT } from "../api/signals";
import type { Me } from "../api/types";

export type Account =
  | { status: "loading" }
  | { status: "away"; error: string }
  | { status: "out" }
  | { status: "in"; me: Me; stale: boolean };

class AccountStore {
  private state: Account = { status: "loading" };
  private listeners = new Set<() => void>();

  constructor() {
    whenSignedOut(() => this.lost());
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.state;

  /** Asks the server who we are; after a sign-in this also proves that the browser kept the session. */
  async load(): Promise<void> {
    try {
      const me = await api.me();
      const before = this.state.status === "in" ? this.state.me : undefined;
      if (before && personOf(before) !== personOf(me)) window.dispatchEvent(new Event(SIGNED_OUT));
      this.set({ status: "in", me, stale: false });
      window.dispatchEvent(new Event(SIGNED_IN));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.lost();
      else if (this.state.status !== "in") this.set({ status: "away", error: sentenceOf(error) });
    }
  }

  async signOut(everywhere: boolean): Promise<void> {
    await (everywhere ? auth.signOutEverywhere() : auth.signOut());
    this.set({ status: "out" });
    window.dispatchEvent(new Event(SIGNED_OUT));
  }

  private lost() {
    if (this.state.status === "in") this.set({ ...this.state, stale: true });
    else if (this.state.status !== "out") this.set({ status: "out" });
  }

  private set(state: Account) {
    this.state = state;
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
