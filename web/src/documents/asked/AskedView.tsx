/** What callers (and people who tried it) asked of the documents, and whether an answer was found. */

import { useState } from "react";
import { sentenceOf } from "../../api/errors";
import { type AskedQuery, knowledge } from "../../api/knowledge";
import { useLive } from "../../api/live";
import { useResource } from "../../api/useResource";
import { Banner } from "../../app/Banner";
import { link } from "../../app/router";
import { ago, exactly } from "../../app/times";
import { useNow } from "../../app/useNow";
import { searchAddress } from "../search/SearchBox";

const SHOWN = [
  ["", "All questions"],
  ["true", "Answered"],
  ["false", "Not answered"],
] as const;
const CHANNELS: Record<string, string> = {
  call: "in a call",
  chat: "in a chat",
  http: "tried out",
  mcp: "by a program",
};

export default function AskedView() {
  const [wanted, setWanted] = useState("");
  const answered = wanted === "" ? undefined : wanted === "true";
  const first = useResource(() => knowledge.queries(answered), `asked-${wanted}`);
  const [more, setMore] = useState<{ of: string; items: AskedQuery[]; cursor?: string | null; error?: string }>();
  useLive(["message."], first.reload, 2000);
  const now = useNow();
  const older = more?.of === wanted ? more : undefined;
  const items = unique([...(first.data?.items ?? []), ...(older?.items ?? [])]);
  const cursor = older ? older.cursor : first.data?.next_cursor;
  const error = first.error ?? older?.error;

  const showOlder = async () => {
    try {
      const page = await knowledge.queries(answered, cursor);
      setMore({ of: wanted, items: [...(older?.items ?? []), ...page.items], cursor: page.next_cursor });
    } catch (failure) {
      setMore({ of: wanted, items: older?.items ?? [], cursor, error: sentenceOf(failure) });
    }
  };

  return (
    <section className="asked" aria-label="What callers asked">
      <select
        aria-label="Which questions"
        data-testid="asked-filter"
        value={wanted}
        onChange={(change) => setWanted(change.target.value)}
      >
        {SHOWN.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      {error && <Banner tone="problem">{error}</Banner>}
      <ul className="rows">
        {items.map((one) => (
          <Asked key={one.id} one={one} now={now} />
        ))}
      </ul>
      {!first.data && !error && <div className="view-loading" role="status" aria-label="Loading" />}
      {first.data && items.length === 0 && <p className="muted empty">Nobody has asked anything like that yet.</p>}
      {cursor && (
        <button type="button" className="button" onClick={() => void showOlder()}>
          Show older
        </button>
      )}
    </section>
  );
}

function Asked({ one, now }: { one: AskedQuery; now: Date }) {
  const channel = CHANNELS[one.channel ?? ""] ?? "";
  return (
    <li className="row" data-testid="asked-row" data-answered={one.answered}>
      <div className="row-main">
        <a className="file-title" href={link(searchAddress(one.query))}>
          {one.query}
        </a>
        <span className="muted small">
          <time dateTime={one.created_at} title={exactly(one.created_at)}>
            {ago(one.created_at, now)}
          </time>
          {channel && ` · ${channel}`}
          {one.conversation_id && (
            <>
              {" · "}
              <a href={link(`/conversations/${encodeURIComponent(one.conversation_id)}`)}>read the conversation</a>
            </>
          )}
        </span>
      </div>
      {one.answered && one.document && (
        <a className="asked-source small" href={link(`/documents/${encodeURIComponent(one.document.id)}`)}>
          {one.document.title}
        </a>
      )}
      <span className={`badge ${one.answered ? "badge-good" : "badge-ask"}`}>
        {one.answered ? `Answered${one.top_relevance ? ` · ${Math.round(one.top_relevance)}%` : ""}` : "Not answered"}
      </span>
    </li>
  );
}

function unique(items: AskedQuery[]): AskedQuery[] {
  return [...new Map(items.map((one) => [one.id, one])).values()];
}
