/** Composition root: the room's context and sound live here, above the views, so a talk survives navigation. */

import { RoomAudioRenderer, RoomContext } from "@livekit/components-react";
import { Fragment, lazy, Suspense, useEffect } from "react";
import TalkView from "../talk/TalkView";
import { talk } from "../talk/useTalk";
import { account, personOf, useAccount } from "./account";
import { Failsafe } from "./Failsafe";
import { link, splitPath, usePath } from "./router";
import { Shell } from "./Shell";
import { Toasts } from "./Toasts";

const DocumentsView = lazy(() => import("../documents/DocumentsView"));
const CalendarView = lazy(() => import("../calendar/CalendarView"));
const ConversationsView = lazy(() => import("../conversations/ConversationsView"));
const ConversationView = lazy(() => import("../conversations/ConversationView"));
const PersonasView = lazy(() => import("../personas/PersonasView"));
const PersonaView = lazy(() => import("../personas/PersonaView"));
const SettingsView = lazy(() => import("../settings/SettingsView"));
const SignInView = lazy(() => import("../signin/SignInView"));
const SignInAgain = lazy(() => import("../signin/SignInView").then((view) => ({ default: view.SignInAgain })));
const WelcomeView = lazy(() => import("../signin/WelcomeView"));
const ResetView = lazy(() => import("../signin/ResetView"));

const LOADING = <div className="view-loading" role="status" aria-label="Loading" />;

export function App() {
  const path = usePath();
  return (
    <RoomContext.Provider value={talk.room}>
      <RoomAudioRenderer />
      <Suspense fallback={LOADING}>
        {path === "/welcome" ? <WelcomeView /> : path === "/reset-password" ? <ResetView /> : <Inside path={path} />}
      </Suspense>
      <Toasts />
    </RoomContext.Provider>
  );
}

/** Everything that needs somebody to be signed in. */
function Inside({ path }: { path: string }) {
  const state = useAccount();
  useEffect(() => void account.load(), []);
  if (state.status === "loading") return LOADING;
  if (state.status === "out") return <SignInView />;
  if (state.status === "away") return <Away text={state.error} />;
  const views = (
    <Failsafe path={splitPath(path).place}>
      <Suspense fallback={LOADING}>
        <View path={path} />
      </Suspense>
    </Failsafe>
  );
  return (
    <Fragment key={personOf(state.me)}>
      {path === "/widget" ? (
        <main className="widget">{views}</main>
      ) : (
        <Shell path={splitPath(path).place} me={state.me}>
          {views}
        </Shell>
      )}
      {state.stale && <SignInAgain me={state.me} />}
    </Fragment>
  );
}

function View({ path }: { path: string }) {
  if (path === "/" || path === "/index.html" || path === "/widget") return <TalkView />;
  if (/^\/documents(?=[/?]|$)/.test(path)) return <DocumentsView path={path} />;
  if (/^\/calendar(?=[?]|$)/.test(path)) return <CalendarView path={path} />;
  if (path === "/conversations") return <ConversationsView />;
  if (path === "/personas") return <PersonasView />;
  if (path === "/settings" || path.startsWith("/settings/")) return <SettingsView path={path} />;
  const conversation = path.match(/^\/conversations\/([^/]+)$/)?.[1];
  if (conversation) return <ConversationView key={conversation} id={decodeURIComponent(conversation)} />;
  const persona = path.match(/^\/personas\/([^/]+)$/)?.[1];
  if (persona) return <PersonaView key={persona} id={decodeURIComponent(persona)} />;
  return (
    <div className="page">
      <h1>Nothing here</h1>
      <p className="muted">
        This address has no page. <a href={link("/")}>Go to Talk</a>
      </p>
    </div>
  );
}

function Away({ text }: { text: string }) {
  return (
    <main className="page" role="alert">
      <h1>VoiceLoop is away</h1>
      <p className="muted">{text}</p>
      <p>
        <button type="button" className="button" onClick={() => void account.load()}>
          Try again
        </button>
      </p>
    </main>
  );
}
