/** Composition root: the room's context and sound live here, above the views, so a talk survives navigation. */

import { RoomAudioRenderer, RoomContext } from "@livekit/components-react";
import { lazy, Suspense } from "react";
import TalkView from "../talk/TalkView";
import { talk } from "../talk/useTalk";
import { Failsafe } from "./Failsafe";
import { link, usePath } from "./router";
import { Shell } from "./Shell";

const DocumentsView = lazy(() => import("../documents/DocumentsView"));
const CalendarView = lazy(() => import("../calendar/CalendarView"));
const ConversationsView = lazy(() => import("../conversations/ConversationsView"));
const ConversationView = lazy(() => import("../conversations/ConversationView"));

export function App() {
  const path = usePath();
  return (
    <RoomContext.Provider value={talk.room}>
      <RoomAudioRenderer />
      <Shell path={path}>
        <Failsafe key={path}>
          <Suspense fallback={<div className="view-loading" role="status" aria-label="Loading" />}>
            <View path={path} />
          </Suspense>
        </Failsafe>
      </Shell>
    </RoomContext.Provider>
  );
}

function View({ path }: { path: string }) {
  if (path === "/" || path === "/index.html") return <TalkView />;
  if (path === "/documents") return <DocumentsView />;
  if (path === "/calendar") return <CalendarView />;
  if (path === "/conversations") return <ConversationsView />;
  const conversation = path.match(/^\/conversations\/([^/]+)$/)?.[1];
  if (conversation) return <ConversationView id={decodeURIComponent(conversation)} />;
  return (
    <div className="page">
      <h1>Nothing here</h1>
      <p className="muted">
        This address has no page. <a href={link("/")}>Go to Talk</a>
      </p>
    </div>
  );
}
