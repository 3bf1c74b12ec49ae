import "./conversations.css";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { Conversation } from "../api/types";
import { useResource } from "../api/useResource";
import { Banner } from "../app/Banner";
import { LeftIcon } from "../app/icons";
import { link } from "../app/router";
import { dateTime } from "../calendar/dates";
import { LatencySummary } from "./Latency";
import { MessageView } from "./MessageView";
import { channelName, lasted, personaName } from "./words";

export default function ConversationView({ id }: { id: string }) {
  const conversation = useResource(() => api.conversation(id), `conversation-${id}`);
  const messages = useResource(() => api.messages(id), `messages-${id}`);
  useLive(["conversation.", "message."], () => {
    conversation.reload();
    messages.reload();
  });
  const items = messages.data?.items ?? [];
  const error = messages.error ?? conversation.error;

  return (
    <div className="page conversation">
      <a className="back" href={link("/conversations")}>
        <LeftIcon />
        Conversations
      </a>
      {conversation.data && <Head conversation={conversation.data} />}
      {error && <Banner tone="problem">{error}</Banner>}
      <LatencySummary messages={items} />
      <ol className="messages">
        {items.map((message) => (
          <MessageView key={message.id} message={message} />
        ))}
      </ol>
      {messages.data && items.length === 0 && <p className="muted empty">Nothing was said in this conversation.</p>}
    </div>
  );
}

function Head({ conversation }: { conversation: Conversation }) {
  const facts = [dateTime(conversation.started_at), channelName(conversation), lasted(conversation.duration_s)];
  return (
    <header className="page-head">
      <h1>Talk with {personaName(conversation)}</h1>
      <p className="muted">{facts.filter(Boolean).join(" · ")}</p>
    </header>
  );
}
