/** One message with what stands behind it: tool calls, sources, and how long the answer took. */

import type { Message, ToolCall } from "../api/types";
import { BookIcon, ToolIcon } from "../app/icons";
import { clock } from "../calendar/dates";
import { addressOfPlace, placeName } from "../documents/pages/CitedPlace";
import { LatencyBar } from "./Latency";

export function MessageView({ message }: { message: Message }) {
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
      {message.citations && message.citations.length > 0 && (
        <ul className="message-sources">
          {message.citations.map((citation, index) => (
            <li key={citation.id ?? index} title={citation.quote ?? undefined}>
              <BookIcon />
              <a href={addressOfPlace(citation)}>{[citation.title, placeName(citation)].filter(Boolean).join(", ")}</a>
            </li>
          ))}
        </ul>
      )}
      {agent && message.latency_ms && <LatencyBar latency={message.latency_ms} />}
    </li>
  );
}

function Understood({ message }: { message: Message }) {
  const sure = message.confidence == null ? "" : ` ${Math.round(message.confidence * 100)}%`;
  return (
    <span className="chip" title="What the assistant understood">
      {message.intent?.replaceAll("_", " ")}
      {sure}
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
