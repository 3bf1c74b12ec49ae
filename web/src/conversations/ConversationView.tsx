import "./conversations.css";
import "./sources.css";
import { useState } from "react";
import type { Attachment } from "../api/attachments";
import { api } from "../api/client";
import type { Citation } from "../api/knowledge";
import { useLive } from "../api/live";
import type { Conversation } from "../api/types";
import { useResource } from "../api/useResource";
import { may } from "../app/access";
import { useMe } from "../app/account";
import { Banner } from "../app/Banner";
import { LeftIcon } from "../app/icons";
import { link } from "../app/router";
import { dateTime } from "../calendar/dates";
import { FilePreview } from "./FilePreview";
import { Files } from "./Files";
import { LatencySummary } from "./Latency";
import { MessageView } from "./MessageView";
import { References } from "./References";
import { numbersOf } from "./sources";
import { useAttached } from "./useAttached";
import { channelName, lasted, personaName } from "./words";

export default function ConversationView({ id }: { id: string }) {
  const conversation = useResource(() => api.conversation(id), `conversation-${id}`);
  const messages = useResource(() => api.messages(id), `messages-${id}`);
  useLive(["conversation.", "message."], () => {
    conversation.reload();
    messages.reload();
  });
  const files = useAttached(id);
  const [opened, setOpened] = useState<{ one: Attachment; cited?: Citation }>();
  const writes = may(useMe(), "conversations:write");
  const items = messages.data?.items ?? [];
  const numbers = numbersOf(items);
  const open = (attachment: string, cited?: Citation) => {
    const one = files.items.find((file) => file.id === attachment);
    if (one) setOpened({ one, cited });
  };
  const error = messages.error ?? conversation.error ?? files.error;
  const beside = numbers.size > 0 || files.items.length > 0;

  return (
    <div className={`page conversation ${beside ? "page-wide" : ""}`}>
      <a className="back" href={link("/conversations")}>
        <LeftIcon />
        Conversations
      </a>
      {conversation.data && <Head conversation={conversation.data} />}
      {error && <Banner tone="problem">{error}</Banner>}
      <LatencySummary waits={conversation.data?.waits} />
      <div className={beside ? "conversation-body" : undefined}>
        <ol className="messages">
          {items.map((message) => (
            <MessageView key={message.id} message={message} files={files.items} numbers={numbers} onOpen={open} />
          ))}
        </ol>
        {beside && (
          <aside className="conversation-side" aria-label="Files and references">
            {files.items.length > 0 && (
              <Files items={files.items} writes={writes} onOpen={(one) => setOpened({ one })} onRemove={files.remove} />
            )}
            {numbers.size > 0 && <References conversation={id} fresh={[...numbers.keys()].join()} />}
          </aside>
        )}
      </div>
      {messages.data && items.length === 0 && <p className="muted empty">Nothing was said in this conversation.</p>}
      {opened && <FilePreview {...opened} onClose={() => setOpened(undefined)} />}
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
