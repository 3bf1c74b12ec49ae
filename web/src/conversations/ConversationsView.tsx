import "./conversations.css";
import { useState } from "react";
import { api } from "../api/client";
import { sentenceOf } from "../api/errors";
import { useLive } from "../api/live";
import type { Conversation } from "../api/types";
import { useResource } from "../api/useResource";
import { Banner } from "../app/Banner";
import { link } from "../app/router";
import { dateTime } from "../calendar/dates";
import { WaitsChart } from "./WaitsChart";
import { channelName, lasted, personaName } from "./words";

export default function ConversationsView() {
  const first = useResource(() => api.conversations(), "conversations");
  const [more, setMore] = useState<{ items: Conversation[]; cursor?: string | null; error?: string }>();
  useLive(["conversation."], first.reload);
  const items = [...(first.data?.items ?? []), ...(more?.items ?? [])];
  const cursor = more ? more.cursor : first.data?.next_cursor;

  const loadMore = async () => {
    if (!cursor) return;
    try {
      const page = await api.conversations(cursor);
      setMore({ items: [...(more?.items ?? []), ...page.items], cursor: page.next_cursor });
    } catch (error) {
      setMore({ items: more?.items ?? [], cursor, error: sentenceOf(error) });
    }
  };

  return (
    <div className="page">
      <header className="page-head">
        <h1>Conversations</h1>
        <p className="muted">Every talk, with what was said, looked up and done.</p>
      </header>
      {(first.error ?? more?.error) && <Banner tone="problem">{first.error ?? more?.error}</Banner>}
      <WaitsChart />
      <ul className="conversations">
        {unique(items).map((one) => (
          <Row key={one.id} conversation={one} />
        ))}
      </ul>
      {first.data && items.length === 0 && (
        <p className="muted empty">
          No conversations yet. <a href={link("/")}>Start one</a>
        </p>
      )}
      {cursor && (
        <button type="button" className="button" onClick={() => void loadMore()}>
          Show older
        </button>
      )}
    </div>
  );
}

function Row({ conversation }: { conversation: Conversation }) {
  const facts = [
    channelName(conversation),
    lasted(conversation.duration_s),
    conversation.message_count ? `${conversation.message_count} messages` : "",
  ].filter(Boolean);
  const open = conversation.status === "active" || (!conversation.ended_at && conversation.status !== "ended");
  return (
    <li>
      <a href={link(`/conversations/${encodeURIComponent(conversation.id)}`)} data-testid="conversation-row">
        <span className="conversation-when">
          <strong>{dateTime(conversation.started_at)}</strong>
          <span className="muted small">{personaName(conversation)}</span>
        </span>
        <span className="conversation-preview">{conversation.preview || "Nothing was said."}</span>
        <span className="muted small conversation-facts">
          {open ? <span className="status status-busy">In progress</span> : facts.join(" · ")}
        </span>
      </a>
    </li>
  );
}

function unique(items: Conversation[]): Conversation[] {
  return [...new Map(items.map((one) => [one.id, one])).values()];
}
