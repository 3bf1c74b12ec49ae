/** One message with what stands behind it: tool calls, sources, and how long the answer took. */

import type { Attachment } from "../api/attachments";
import type { Citation } from "../api/knowledge";
import type { Message, ToolCall } from "../api/types";
import { BookIcon, ClipIcon, ToolIcon } from "../app/icons";
import { clock } from "../calendar/dates";
import { addressOfPlace, CitedLink, placeName } from "../documents/pages/CitedPlace";
import { canOpen } from "./FilePreview";
import { LatencyBar } from "./Latency";
import { sourceOf } from "./sources";
import { meaningOf } from "./words";

interface Props {
  message: Message;
  /** All files of the conversation. */
  files: readonly Attachment[];
  numbers: ReadonlyMap<string, number>;
  onOpen: (attachment: string, cited?: Citation) => void;
}

export function MessageView({ message, files, numbers, onOpen }: Props) {
  const own = files.filter((one) => one.message_id === message.id);
  const agent = message.role !== "user";
  return (
    <li className={`message message-${agent ? "agent" : "user"}`} data-testid="message" data-role={message.role}>
      <div className="message-head">
        <strong>{agent ? "Assistant" : "Caller"}</strong>
        <time className="muted small" dateTime={message.created_at}>
          {clock(message.created_at)}
        </time>
        {message.interrupted && <span className="chip">Interrupted</span>}
        {message.intent && <Understood message={message} />}
      </div>
      {(message.tool_calls ?? []).map((call, index) => (
        <Tool key={call.id ?? `${call.name}-${index}`} call={call} />
      ))}
      {message.text && <p className="message-text">{message.text}</p>}
      {own.length > 0 && (
        <ul className="message-sources">
          {own.map((one) => (
            <li key={one.id} data-testid="message-file">
              <ClipIcon />
              <Opening name={one.filename} onOpen={canOpen(one) ? () => onOpen(one.id) : undefined} />
            </li>
          ))}
        </ul>
      )}
      {message.citations && message.citations.length > 0 && (
        <ul className="message-sources">
          {message.citations.map((citation, index) => (
            <li key={citation.id ?? index} title={citation.quote ?? undefined} data-testid="message-source">
              <BookIcon />
              <span className="source-number">[{numbers.get(sourceOf(citation))}]</span>
              <Source citation={citation} files={files} onOpen={onOpen} />
            </li>
          ))}
        </ul>
      )}
      {agent && message.latency_ms && <LatencyBar latency={message.latency_ms} />}
    </li>
  );
}

function Source({ citation, files, onOpen }: { citation: Citation } & Pick<Props, "files" | "onOpen">) {
  const name = [citation.title, placeName(citation)].filter(Boolean).join(", ");
  const address = addressOfPlace(citation);
  if (address)
    return (
      <CitedLink citation={citation} href={address}>
        {name}
      </CitedLink>
    );
  const file = files.find((one) => one.id === citation.document_id);
  return <Opening name={name} onOpen={file && canOpen(file) ? () => onOpen(file.id, citation) : undefined} />;
}

function Opening({ name, onOpen }: { name: string; onOpen: (() => void) | undefined }) {
  if (!onOpen) return <span>{name}</span>;
  return (
    <button type="button" className="text-button source-open" onClick={onOpen}>
      {name}
    </button>
  );
}

function Understood({ message }: { message: Message }) {
  const sure = message.confidence == null ? "" : `, ${Math.round(message.confidence * 100)}% sure`;
  return (
    <span className="chip" title={`What the assistant understood${sure}`}>
      {meaningOf(message.intent ?? "")}
    </span>
  );
}

function Tool({ call }: { call: ToolCall }) {
  const result = call.result ?? call.output;
  return (
    <details className={`tool ${call.is_error ? "tool-error" : ""}`} data-testid="tool-call">
      <summary>
        <ToolIcon />
        {call.name.replaceAll("_", " ")}
        {call.is_error && <span className="chip">refused</span>}
      </summary>
      <pre>{show(call.arguments)}</pre>
      {result != null && <pre>{show(result)}</pre>}
    </details>
  );
}

function show(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value ?? {}, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
