/** "Talk to this persona": a real call beside the editor, with what is said. */

import { Banner } from "../app/Banner";
import { Captions } from "../talk/Captions";
import { Stage } from "../talk/Stage";
import { IDLE } from "../talk/state";
import { talk, useTalk } from "../talk/useTalk";
import type { Editing } from "./useDraft";

export function Preview({ slug, name, editing }: { slug: string; name: string; editing: Editing }) {
  const state = useTalk();
  const busy = state.phase === "live" || state.phase === "connecting";
  const mine = state.persona === slug;
  const other = busy && !mine;
  return (
    <section className="preview" aria-labelledby="preview-title" data-testid="preview">
      <h2 id="preview-title">Talk to {name}</h2>
      {other ? (
        <Banner tone="info" action={{ label: "Hang up", run: () => void talk.hangUp() }}>
          You are in a call with somebody else.
        </Banner>
      ) : (
        <Stage state={mine ? state : IDLE} persona={slug} />
      )}
      <p className="muted small preview-hint">{hint(busy && mine, editing.changed.length > 0)}</p>
      {mine && state.notice && (
        <Banner tone={state.notice.tone} onClose={() => talk.dismissNotice()}>
          {state.notice.text}
        </Banner>
      )}
      {mine && state.soundBlocked && (
        <Banner tone="info" action={{ label: "Turn sound on", run: () => void talk.room.startAudio() }}>
          Your browser is holding the sound back.
        </Banner>
      )}
      {mine && state.captions.length > 0 && <Captions captions={state.captions} agentName={name} />}
    </section>
  );
}

function hint(talking: boolean, unsaved: boolean): string {
  if (talking) return "This call keeps the version it began with. Save and talk again to hear changes.";
  return unsaved ? "You would hear the saved version. Save first to hear your changes." : "You hear the saved version.";
}
