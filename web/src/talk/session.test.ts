import { beforeEach, describe, expect, it, vi } from "vitest";
import { SESSION_OVER, SIGNED_OUT } from "../api/signals";
import type { TalkSession } from "./session";
import { IDLE } from "./state";

const stop = vi.fn();
const disconnect = vi.fn(async () => undefined);
const heard: Record<string, (reader: unknown, from: { identity: string }) => Promise<void>> = {};

vi.mock("livekit-client", async (real) => ({
  ...(await real<typeof import("livekit-client")>()),
  Room: class {
    remoteParticipants = new Map();
    localParticipant = { identity: "caller", isMicrophoneEnabled: true, publishTrack: async () => undefined };
    canPlaybackAudio = true;
    on = () => this;
    connect = async () => undefined;
    disconnect = disconnect;
    registerTextStreamHandler = (topic: string, handler: (typeof heard)[string]) => {
      heard[topic] = handler;
    };
  },
  createLocalAudioTrack: async () => ({ stop }),
}));

const files = { begin: vi.fn(), end: vi.fn(), settled: async () => undefined };
let talk: TalkSession;

beforeEach(async () => {
  vi.resetModules();
  vi.clearAllMocks();
  vi.stubGlobal("window", Object.assign(new EventTarget(), { setTimeout, clearTimeout }));
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => undefined } });
  const storage = { getItem: () => null, setItem: () => undefined };
  vi.stubGlobal("sessionStorage", storage);
  vi.stubGlobal("localStorage", storage);
  const token = { server_url: "wss://example.org", participant_token: "t" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(token)));
  talk = new (await import("./session")).TalkSession(files);
});

const line = (pieces: string[]) => ({
  info: { id: "s1", attributes: {} },
  async *[Symbol.asyncIterator]() {
    yield* pieces;
  },
});

describe("a talk whose person leaves", () => {
  it("hangs up and keeps nothing of what was said", async () => {
    await talk.start(undefined, true);
    await heard["lk.transcription"]?.(line(["Breakfast is at seven."]), { identity: "agent" });
    await vi.waitFor(() => expect(talk.snapshot().captions).toHaveLength(1));
    window.dispatchEvent(new Event(SIGNED_OUT));
    expect(talk.snapshot()).toEqual(IDLE);
    expect(disconnect).toHaveBeenCalled();
  });

  it("keeps no line that was still on its way", async () => {
    await talk.start(undefined, false);
    window.dispatchEvent(new Event(SIGNED_OUT));
    await heard["lk.transcription"]?.(line(["Late."]), { identity: "agent" });
    await new Promise((resolve) => setTimeout(resolve));
    expect(talk.snapshot()).toEqual(IDLE);
  });

  it("gives a microphone back that opens only afterwards", async () => {
    const starting = talk.start(undefined, true);
    window.dispatchEvent(new Event(SIGNED_OUT));
    await starting;
    expect(stop).toHaveBeenCalled();
    expect(talk.snapshot()).toEqual(IDLE);
  });
});

describe("a talk whose session is over", () => {
  it("hangs up, since the sign-in covers its buttons, and keeps the captions", async () => {
    await talk.start(undefined, false);
    await heard["lk.transcription"]?.(line(["Hello."]), { identity: "agent" });
    await vi.waitFor(() => expect(talk.snapshot().captions).toHaveLength(1));
    window.dispatchEvent(new Event(SESSION_OVER));
    expect(talk.snapshot()).toMatchObject({ phase: "ended", captions: [{ text: "Hello." }] });
    expect(talk.snapshot().notice?.text).toContain("session was over");
  });
});
