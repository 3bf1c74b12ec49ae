import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SESSION_OVER, SIGNED_OUT } from "../api/signals";

/** A browser as far as the account needs one: a window, a document, and channels between tabs of the test. */
class Channel {
  static all: Channel[] = [];
  onmessage: (message: { data: unknown }) => void = () => undefined;
  constructor() {
    Channel.all.push(this);
  }
  postMessage(data: unknown) {
    for (const one of Channel.all) if (one !== this) one.onmessage({ data });
  }
}

const me = (id: string, tenant = "t1") => ({
  user: { id, name: id, email: `${id}@example.org`, role: "owner" },
  tenant: { id: tenant, name: "Harbour House", slug: "demo" },
  scopes: [],
});
const answers: Record<string, () => Response> = {};
const says = (path: string, status: number, body?: unknown) => {
  answers[path] = () => new Response(body === undefined ? null : JSON.stringify(body), { status });
};

/** The tab of the page under test. */
let tab: import("./account").AccountStore;
let forgotten = 0;
let over = 0;

beforeEach(async () => {
  vi.resetModules();
  Channel.all = [];
  forgotten = 0;
  over = 0;
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", new EventTarget());
  vi.stubGlobal("BroadcastChannel", Channel);
  vi.stubGlobal("fetch", async (path: string) => answers[path]?.() ?? new Response(null, { status: 404 }));
  tab = (await import("./account")).account;
  window.addEventListener(SIGNED_OUT, () => forgotten++);
  window.addEventListener(SESSION_OVER, () => over++);
});
afterEach(() => vi.unstubAllGlobals());

/** The state once everything that was asked has been answered. */
async function settled() {
  await new Promise((resolve) => setTimeout(resolve));
  return tab.snapshot();
}

describe("who is signed in", () => {
  it("is asked again when the page comes back into sight, and another person makes everything be forgotten", async () => {
    says("/api/me", 200, me("ada"));
    await tab.load();
    expect(forgotten).toBe(0);
    says("/api/me", 200, me("tom", "t2"));
    window.dispatchEvent(new Event("focus"));
    expect(await settled()).toMatchObject({ status: "in", me: { user: { id: "tom" } }, stale: false });
    expect(forgotten).toBe(1);
  });

  it("changes in every tab at once", async () => {
    const other = new (await import("./account")).AccountStore();
    says("/api/me", 200, me("ada"));
    await tab.load();
    says("/api/me", 200, me("tom"));
    await other.load();
    expect(await settled()).toMatchObject({ me: { user: { id: "tom" } } });
  });

  it("is nobody in every tab after somebody signed out in one", async () => {
    const other = new (await import("./account")).AccountStore();
    says("/api/me", 200, me("ada"));
    await Promise.all([tab.load(), other.load()]);
    says("/api/auth/logout", 204);
    await tab.signOut(false);
    expect((await settled()).status).toBe("out");
    expect(other.snapshot().status).toBe("out");
    expect(forgotten).toBe(2);
  });

  it("is nobody after signing out, whatever an earlier question is still answered", async () => {
    says("/api/me", 200, me("ada"));
    await tab.load();
    says("/api/auth/logout-everywhere", 401, { code: "session_over" });
    window.dispatchEvent(new Event("focus"));
    await tab.signOut(true);
    expect((await settled()).status).toBe("out");
  });
});

describe("a session that is over", () => {
  it("keeps what was typed and says so once", async () => {
    says("/api/me", 200, me("ada"));
    await tab.load();
    says("/api/me", 401, { code: "not_signed_in" });
    await tab.load();
    await tab.load();
    expect(tab.snapshot()).toMatchObject({ status: "in", stale: true });
    expect([over, forgotten]).toEqual([1, 0]);
  });

  it("leads to the sign-in when it belongs to another machine", async () => {
    says("/api/me", 403, { code: "not_local" });
    await tab.load();
    expect(tab.snapshot()).toEqual({ status: "out" });
  });

  it("is no news that the server is away", async () => {
    says("/api/me", 503, { detail: "Starting." });
    await tab.load();
    expect(tab.snapshot()).toEqual({ status: "away", error: "Starting." });
  });
});
