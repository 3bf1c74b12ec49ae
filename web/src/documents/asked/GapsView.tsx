/** What was asked and found nothing, the most frequent first: what to write or upload next. */

import { type Gap, knowledge } from "../../api/knowledge";
import { useResource } from "../../api/useResource";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { Banner } from "../../app/Banner";
import { UploadIcon } from "../../app/icons";
import { link } from "../../app/router";
import { ago } from "../../app/times";
import { useNow } from "../../app/useNow";
import { searchAddress } from "../search/SearchBox";

export default function GapsView() {
  const found = useResource(knowledge.gaps, "gaps");
  const writes = may(useMe(), "documents:write");
  const now = useNow();
  const gaps = found.data?.items;
  const most = Math.max(1, ...(gaps ?? []).map((gap) => gap.times));
  return (
    <section className="asked" aria-label="What found nothing">
      <p className="muted">Questions the documents did not answer. Callers heard “I couldn’t find that”.</p>
      {found.error && <Banner tone="problem">{found.error}</Banner>}
      <ul className="rows">
        {gaps?.map((gap) => (
          <GapRow key={gap.query} gap={gap} most={most} now={now} writes={writes} />
        ))}
      </ul>
      {!gaps && !found.error && <div className="view-loading" role="status" aria-label="Loading" />}
      {gaps?.length === 0 && <p className="muted empty">Every question so far found an answer.</p>}
    </section>
  );
}

function GapRow({ gap, most, now, writes }: { gap: Gap; most: number; now: Date; writes: boolean }) {
  return (
    <li className="row gap-row" data-testid="gap-row">
      <meter className="gap-times" min={0} max={most} value={gap.times} aria-label={`Asked ${gap.times} times`} />
      <div className="row-main">
        <a className="file-title" href={link(searchAddress(gap.query))}>
          {gap.query}
        </a>
        <span className="muted small">
          asked {gap.times === 1 ? "once" : `${gap.times} times`}, last {ago(gap.last_at, now)}
        </span>
      </div>
      {writes && (
        <a
          className="button small-button"
          href={link(`/documents?for=${encodeURIComponent(gap.query)}`)}
          aria-label={`Add a document that answers: ${gap.query}`}
        >
          <UploadIcon />
          Add a document
        </a>
      )}
    </li>
  );
}
