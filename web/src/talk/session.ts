/**
 * One conversation in a LiveKit room: connects, publishes the microphone, turns room events into `TalkState`.
 * Knows nothing of React; components read it through `useTalk`. It outlives views, so a talk goes on while one browses.
 */

import {
  type DisconnectReason,
  type Participant,
  ParticipantKind,
  type RemoteParticipant,
  type RemoteTrack,
  Room,
  RoomEvent,
  Track,
} from "livekit-client";
import { api } from "../api/client";
import { SESSION_OVER, SIGNED_OUT } from "../api/signals";
import { agentIn } from "./agent";
import { whyRefused } from "./answers";
import { addTyped } from "./captions";
import { addCard, expireCard, isOpenCapture } from "./cards";
import { ENDED, GONE, LATE, notSent, SIGNED_OFF, whyDisconnected, whyFailed } from "./endings";
import { discard, openMicrophone, whyNoMicrophone } from "./microphone";
import { Outbox, type TalkFiles } from "./outbox";
import { type AgentState, IDLE, type Notice, type TalkState } from "./state";
import { readStreams } from "./streams";

const LATE_MS = 5000;
const SERVER_KEY = "voiceloop.server";
const MIC_KEY = "voiceloop.microphone";
const AGENT_STATES: readonly string[] = ["listening", "thinking", "speaking"];
const GONE_MS = 15000;

export class TalkSession {
  readonly room = new Room({ disconnectOnPageLeave: true, stopLocalTrackOnUnpublish: true });
  private state: TalkState = IDLE;
  private listeners = new Set<() => void>();
  private outbox: Outbox;
  private late: number | undefined;
  private gone: number | undefined;
  private typedCount = 0;
  /** Distinguishes a start that was hung up while it was still connecting. */
  private turn = 0;

  constructor(private files: TalkFiles) {
    const { room } = this;
    this.outbox = new Outbox({
      isOpen: () => this.state.phase === "live" && this.state.agentState !== "joining",
      settled: () => files.settled(),
      send: (text) => room.localParticipant.sendText(text, { topic: "lk.chat" }),
      failed: (text) => this.heard({ notice: notSent(text) }),
    });
    readStreams(room, {
      captions: (change) => this.heard({ captions: change(this.state.captions) }),
      card: (card) => this.heard({ cards: addCard(this.state.cards, card), answering: undefined }),
    });
    room.on(RoomEvent.ParticipantConnected, () => this.lookForAgent());
    room.on(RoomEvent.ParticipantDisconnected, (left) => this.participantLeft(left));
    room.on(RoomEvent.ParticipantAttributesChanged, (_changed: unknown, _who: Participant) => this.lookForAgent());
    room.on(RoomEvent.TrackSubscribed, (_track: RemoteTrack) => this.lookForAgent());
    room.on(RoomEvent.Reconnecting, () => this.set({ reconnecting: true }));
    room.on(RoomEvent.SignalReconnecting, () => this.set({ reconnecting: true }));
    room.on(RoomEvent.Reconnected, () => this.set({ reconnecting: false }));
    room.on(RoomEvent.AudioPlaybackStatusChanged, () => this.set({ soundBlocked: !room.canPlaybackAudio }));
    room.on(RoomEvent.LocalTrackPublished, () => this.readMicrophone());
    room.on(RoomEvent.LocalTrackUnpublished, () => this.readMicrophone());
    room.on(RoomEvent.TrackMuted, () => this.readMicrophone());
    room.on(RoomEvent.TrackUnmuted, () => this.readMicrophone());
    room.on(RoomEvent.Disconnected, (reason) => this.disconnected(reason));
    window.addEventListener(SIGNED_OUT, () => void this.forget());
    window.addEventListener(SESSION_OVER, () => this.isBusy() && void this.hangUp(SIGNED_OFF));
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.state;

  /** Opens DNS, TLS and the socket's route early; the address is the one of the last talk. */
  prewarm() {
    const server = sessionStorage.getItem(SERVER_KEY);
    if (server && this.state.phase === "idle") void this.room.prepareConnection(server).catch(() => undefined);
  }

  async start(persona: string | undefined, microphone: boolean): Promise<void> {
    if (this.isBusy()) return;
    const turn = ++this.turn;
    const waiting = this.state.phase === "idle" ? this.state.captions : [];
    this.set({ ...IDLE, captions: waiting, phase: "connecting", persona });
    const mic = microphone ? openMicrophone(localStorage.getItem(MIC_KEY) ?? undefined) : undefined;
    try {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const { server_url, participant_token } = await api.token(persona, zone);
      sessionStorage.setItem(SERVER_KEY, server_url);
      if (turn !== this.turn) return await discard(mic);
      await this.room.connect(server_url, participant_token);
      if (turn !== this.turn) return await discard(mic);
      this.connected();
      const opened = await mic;
      if (turn !== this.turn) return await discard(mic);
      await this.publish(opened);
    } catch (error) {
      await discard(mic);
      if (turn === this.turn) this.failed(error);
    }
  }

  async hangUp(why?: Notice): Promise<void> {
    this.turn += 1;
    this.finish(why);
    await this.room.disconnect();
  }

  /** Hangs up and keeps nothing: whoever comes next must not read what was said. */
  async forget(): Promise<void> {
    const left = this.hangUp();
    this.set(IDLE);
    await left;
  }

  async setMicrophone(on: boolean): Promise<void> {
    try {
      await this.room.localParticipant.setMicrophoneEnabled(on);
      if (on) this.set({ notice: undefined });
    } catch (error) {
      this.set({ notice: { tone: "problem", text: whyNoMicrophone(error) } });
    }
  }

  rememberMicrophone(deviceId: string) {
    localStorage.setItem(MIC_KEY, deviceId);
  }

  /** Typed words join the same conversation. Without one, a conversation by text begins. */
  async sendText(text: string, persona: string | undefined): Promise<void> {
    if (this.state.phase === "ended") this.set({ ...IDLE });
    const id = `typed-${++this.typedCount}`;
    this.set({ captions: addTyped(this.state.captions, id, text, Date.now()) });
    this.outbox.push(text);
    if (this.state.phase === "idle") await this.start(persona, false);
    else await this.outbox.flush();
  }

  async answer(confirmation: string, yes: boolean): Promise<void> {
    const method = yes ? "voiceloop.confirm" : "voiceloop.cancel";
    const lost = `The assistant did not take your answer. Say "${yes ? "yes" : "no"}" instead, or try again.`;
    await this.hand(method, { id: confirmation }, lost, () => ({ cards: expireCard(this.state.cards, confirmation) }));
  }

  /** A value typed instead of said; what cannot be one is said why, and the field stays. */
  async enter(capture: string, value: string): Promise<void> {
    const lost = "The assistant did not take this. Say it instead, or try again.";
    await this.hand("voiceloop.enter", { id: capture, value }, lost);
  }

  dismissNotice() {
    this.set({ notice: undefined });
  }

  /** To the assistant's program, for the card with this id; `lost` is told when it did not arrive. */
  private async hand(
    method: string,
    payload: { id: string; value?: string },
    lost: string,
    refused: () => Partial<TalkState> = () => ({}),
  ) {
    const agent = agentIn(this.room);
    if (!agent) return;
    this.set({ answering: payload.id });
    try {
      const raw = await this.room.localParticipant.performRpc({
        destinationIdentity: agent.identity,
        method,
        payload: JSON.stringify(payload),
      });
      const reason = whyRefused(raw);
      if (reason) this.heard({ ...refused(), notice: { tone: "problem", text: reason } });
    } catch {
      this.heard({ notice: { tone: "problem", text: lost } });
    } finally {
      this.set({ answering: undefined });
    }
  }

  private connected() {
    this.set({
      phase: "live",
      startedAt: Date.now(),
      agentState: "joining",
      soundBlocked: !this.room.canPlaybackAudio,
    });
    this.late = window.setTimeout(() => this.set({ notice: LATE }), LATE_MS);
    this.lookForAgent();
  }

  private async publish(mic: Awaited<ReturnType<typeof openMicrophone>> | undefined) {
    if (!mic) return;
    if ("problem" in mic) this.set({ notice: { tone: "problem", text: mic.problem } });
    else await this.room.localParticipant.publishTrack(mic.track, { source: Track.Source.Microphone });
  }

  private lookForAgent() {
    const agent = agentIn(this.room);
    if (!agent || this.state.phase !== "live") return;
    window.clearTimeout(this.late);
    const told = agent.attributes["lk.agent.state"];
    const agentState = told && AGENT_STATES.includes(told) ? (told as AgentState) : "joining";
    window.clearTimeout(this.gone);
    const waiting = this.state.notice === LATE || this.state.notice === GONE;
    this.set({ agentState, notice: waiting ? undefined : this.state.notice });
    const conversation = agent.attributes["voiceloop.conversation"];
    if (conversation) this.files.begin(conversation);
    if (agentState !== "joining") void this.outbox.flush();
  }

  private participantLeft(left: RemoteParticipant) {
    if (left.kind !== ParticipantKind.AGENT || agentIn(this.room) || this.state.phase !== "live") return;
    this.set({ agentState: "joining", notice: GONE });
    // Another worker may take the talk over; when none does, it was a goodbye.
    this.gone = window.setTimeout(() => void this.hangUp(ENDED), GONE_MS);
  }

  private readMicrophone() {
    this.set({ micOn: this.room.localParticipant.isMicrophoneEnabled });
  }

  private isBusy(): boolean {
    return this.state.phase === "connecting" || this.state.phase === "live";
  }

  /** A line that was still on its way when everything was forgotten belongs to nobody. */
  private heard(change: Partial<TalkState>) {
    if (this.state.phase !== "idle") this.set(change);
  }

  private disconnected(reason: DisconnectReason | undefined) {
    if (this.state.phase !== "live") return;
    this.finish(whyDisconnected(reason));
  }

  private failed(error: unknown) {
    this.finish(whyFailed(error));
    this.set({ phase: this.state.captions.length ? "ended" : "idle" });
    void this.room.disconnect();
  }

  private finish(notice: Notice | undefined) {
    window.clearTimeout(this.late);
    window.clearTimeout(this.gone);
    this.outbox.clear();
    this.files.end();
    const captions = this.state.captions.map((caption) => ({ ...caption, final: true }));
    const cards = this.state.cards.filter(
      (card) => !isOpenCapture(card) && (card.kind !== "confirmation" || card.status !== "pending"),
    );
    this.set({ phase: "ended", reconnecting: false, micOn: false, answering: undefined, captions, cards, notice });
  }

  private set(change: Partial<TalkState>) {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
