/** The first view: the loop and the Talk button, the conversation under it, cards beside it. */

import { useEffect, useState } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { Persona } from "../api/types";
import { useResource } from "../api/useResource";
import { may } from "../app/access";
import { useMe } from "../app/account";
import { Banner } from "../app/Banner";
import { DropArea } from "../app/DropArea";
import { Captions } from "./Captions";
import { Cards } from "./Cards";
import { Composer } from "./Composer";
import { FilesTray } from "./files/FilesTray";
import { usePastedFiles } from "./files/usePastedFiles";
import { attach, useTray } from "./files/useTray";
import { PersonaChoice } from "./PersonaChoice";
import { Stage } from "./Stage";
import { talk, useTalk } from "./useTalk";

const SUGGESTIONS = ["What time is breakfast?", "Book a meeting tomorrow at 3", "What is on my calendar this week?"];
const PERSONA_KEY = "voiceloop.persona";

export default function TalkView() {
  const state = useTalk();
  const files = useTray();
  const attaches = may(useMe(), "conversations:write");
  const personas = useResource(api.personas, "personas");
  const [chosen, setChosen] = useState(localStorage.getItem(PERSONA_KEY) ?? undefined);
  const list = personas.data?.items ?? [];
  const persona = pick(list, chosen);
  const send = (text: string) => void talk.sendText(text, persona?.slug);
  // A call begun beside a persona's editor goes on here under that persona's name.
  const speaker = (state.persona && list.find((one) => one.slug === state.persona)) || persona;
  const busy = state.phase === "live" || state.phase === "connecting";
  const talking = busy || state.captions.length > 0;

  useEffect(() => talk.prewarm(), []);
  useLive(["persona."], personas.reload);
  usePastedFiles(attaches);

  return (
    <DropArea open={attaches} label="Drop files here to ask about them" onFiles={attach}>
      <div className={`talk ${talking ? "talk-open" : "talk-closed"}`}>
        <div className="talk-main">
          <h1 className={talking ? "visually-hidden" : "hero"}>
            <span>Ask, book, find out.</span> <span>Just talk.</span>
          </h1>
          <Stage state={state} persona={persona?.slug} />
          <Banners state={state} loadError={personas.error} />
          {!busy && list.length > 1 && (
            <PersonaChoice
              personas={list}
              value={persona?.slug}
              onChange={(slug) => {
                localStorage.setItem(PERSONA_KEY, slug);
                setChosen(slug);
              }}
            />
          )}
          {talking && <Captions captions={state.captions} agentName={speaker?.name ?? "Assistant"} />}
          {state.captions.length === 0 && files.length === 0 && <Suggestions onPick={send} />}
          <FilesTray live={busy} />
          <Composer onSend={send} live={busy} attaches={attaches} />
        </div>
        <Cards cards={state.cards} answering={state.answering} />
      </div>
    </DropArea>
  );
}

function Banners({ state, loadError }: { state: ReturnType<typeof useTalk>; loadError: string | undefined }) {
  return (
    <div className="banners">
      {state.reconnecting && <Banner tone="info">The connection is unsteady. Reconnecting…</Banner>}
      {state.soundBlocked && (
        <Banner tone="info" action={{ label: "Turn sound on", run: () => void talk.room.startAudio() }}>
          Your browser is holding the sound back.
        </Banner>
      )}
      {state.notice && (
        <Banner tone={state.notice.tone} onClose={() => talk.dismissNotice()}>
          {state.notice.text}
        </Banner>
      )}
      {!state.notice && loadError && <Banner tone="problem">{loadError}</Banner>}
    </div>
  );
}

function Suggestions({ onPick }: { onPick: (text: string) => void }) {
  return (
    <fieldset className="suggestions">
      <legend className="visually-hidden">Things to ask</legend>
      {SUGGESTIONS.map((text) => (
        <button type="button" className="suggestion" key={text} onClick={() => onPick(text)}>
          {text}
        </button>
      ))}
    </fieldset>
  );
}

function pick(list: Persona[], chosen: string | undefined): Persona | undefined {
  return list.find((one) => one.slug === chosen) ?? list.find((one) => one.is_default) ?? list[0];
}
