/** The middle of the page: the loop, the Talk button, what the assistant is doing, and the controls of a talk. */

import { type LocalAudioTrack, Track } from "livekit-client";
import { ClosedMicIcon, HangUpIcon, MicIcon } from "../app/icons";
import { agentIn, trackOf } from "./agent";
import { MicChoice } from "./MicChoice";
import { MicLevel } from "./MicLevel";
import { Orb } from "./Orb";
import { describe, type TalkState } from "./state";
import { Timer } from "./Timer";
import { useLevel } from "./useLevel";
import { talk } from "./useTalk";

interface Props {
  state: TalkState;
  persona: string | undefined;
}

export function Stage({ state, persona }: Props) {
  const { name, label } = describe(state);
  const live = state.phase === "live";
  const busy = live || state.phase === "connecting";
  const agentLevel = useLevel(live ? trackOf(agentIn(talk.room)) : undefined);
  const published = talk.room.localParticipant.getTrackPublication(Track.Source.Microphone)?.audioTrack;
  const micLevel = useLevel(live ? (published as LocalAudioTrack | undefined) : undefined);

  return (
    <section className={`stage ${busy ? "stage-live" : ""}`} aria-label="Talk">
      <div className="loop">
        <Orb state={name} agentLevel={agentLevel} micLevel={micLevel} />
        {busy ? (
          <Timer since={state.startedAt} />
        ) : (
          <button
            type="button"
            className="talk-button"
            data-testid="talk-button"
            onPointerEnter={() => talk.prewarm()}
            onFocus={() => talk.prewarm()}
            onClick={() => void talk.start(persona, true)}
          >
            <MicIcon />
            <span>{state.phase === "ended" ? "Talk again" : "Talk"}</span>
          </button>
        )}
      </div>
      <p className="agent-state" data-testid="agent-state" data-state={name} role="status">
        <span className="dot" aria-hidden="true" />
        {label}
      </p>
      {busy && (
        <div className="controls">
          <button
            type="button"
            className="round"
            data-testid="mute-button"
            aria-pressed={!state.micOn}
            aria-label={state.micOn ? "Mute microphone" : "Turn microphone on"}
            title={state.micOn ? "Mute microphone" : "Turn microphone on"}
            disabled={!live}
            onClick={() => void talk.setMicrophone(!state.micOn)}
          >
            {state.micOn ? <MicIcon /> : <ClosedMicIcon />}
          </button>
          <div className="mic">
            <MicLevel level={micLevel} on={state.micOn} />
            <MicChoice />
          </div>
          <button
            type="button"
            className="round danger"
            data-testid="hangup-button"
            aria-label="Hang up"
            title="Hang up"
            onClick={() => void talk.hangUp()}
          >
            <HangUpIcon />
          </button>
        </div>
      )}
    </section>
  );
}
