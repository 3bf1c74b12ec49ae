/** The audit log: newest first, filtered by person, kind and period, more on demand. */

import { useState } from "react";
import { type AuditEntry, type AuditFilter, audit } from "../../api/audit";
import { useResource } from "../../api/useResource";
import { Problem } from "../../app/Problem";
import { dayHeading } from "../../app/times";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";
import { Entry } from "./Entry";
import { Filters } from "./Filters";
import { startOf } from "./period";
import type { Names } from "./sentence";
import { useNames } from "./useNames";

export interface Wanted {
  who: string;
  kind: string;
  days: number;
}

export default function AuditView() {
  const [wanted, setWanted] = useState<Wanted>({ who: "", kind: "", days: 0 });
  const { names, members } = useNames();
  return (
    <section aria-labelledby="audit-title">
      <div className="section-head">
        <h2 id="audit-title">Audit log</h2>
        <span className="muted">Every change, written by the database; nobody can edit it.</span>
      </div>
      <Filters wanted={wanted} members={members} onChange={setWanted} />
      <Entries key={JSON.stringify(wanted)} wanted={wanted} names={names} />
    </section>
  );
}

function Entries({ wanted, names }: { wanted: Wanted; names: Names }) {
  const [filter] = useState<AuditFilter>(() => ({
    user_id: wanted.who,
    resource_type: wanted.kind,
    from: startOf(wanted.days, new Date()),
  }));
  const first = useResource(() => audit.list(filter), "audit");
  const [more, setMore] = useState<{ items: AuditEntry[]; cursor: string | null | undefined }>();
  const act = useAct();
  const cursor = more ? more.cursor : first.data?.next_cursor;
  const items = [...(first.data?.items ?? []), ...(more?.items ?? [])];
  const loadMore = () =>
    act.run(async () => {
      const page = await audit.list(filter, cursor);
      setMore({ items: [...(more?.items ?? []), ...page.items], cursor: page.next_cursor });
    });

  return (
    <>
      <Problem text={first.error ?? act.problem} />
      <p className="visually-hidden" role="status">
        {first.data ? `${items.length} entries${cursor ? ", more on demand" : ""}` : ""}
      </p>
      {first.data && items.length === 0 && <p className="muted empty">Nothing was changed that fits.</p>}
      <Days items={items} names={names} />
      {cursor && (
        <button type="button" className="button" disabled={act.busy} onClick={() => void loadMore()}>
          {act.busy ? "Loading…" : "Show more"}
        </button>
      )}
    </>
  );
}

function Days({ items, names }: { items: AuditEntry[]; names: Names }) {
  const now = useNow();
  const days = new Map<string, AuditEntry[]>();
  for (const entry of items) {
    const day = dayHeading(entry.at, now);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days].map(([day, entries]) => (
    <section key={day} className="audit-day" aria-label={day}>
      <h3>{day}</h3>
      <ul className="rows">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} names={names} />
        ))}
      </ul>
    </section>
  ));
}
