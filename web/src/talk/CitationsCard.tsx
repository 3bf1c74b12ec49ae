import { BookIcon } from "../app/icons";
import type { CitationsCard } from "./cards";

const SHOWN = 3;

export function CitationsCardView({ card }: { card: CitationsCard }) {
  return (
    <article className="card">
      <header className="card-head">
        <BookIcon />
        <h3>{card.citations.length === 1 ? "Source" : "Sources"}</h3>
        {card.query && <span className="card-aside">“{card.query}”</span>}
      </header>
      {card.citations.slice(0, SHOWN).map((citation, index) => (
        <section className="citation" data-testid="card-citation" key={citation.id ?? index}>
          <div className="citation-head">
            <strong>{citation.title}</strong>
            {citation.page != null && <span className="chip">Page {citation.page}</span>}
          </div>
          {citation.heading && <p className="muted small">{citation.heading}</p>}
          {citation.quote && <blockquote>{citation.quote}</blockquote>}
          {citation.relevance != null && <Relevance percent={citation.relevance} />}
        </section>
      ))}
    </article>
  );
}

function Relevance({ percent }: { percent: number }) {
  const share = Math.round(Math.max(0, Math.min(100, percent)));
  return (
    <div className="relevance">
      <span className="bar" aria-hidden="true">
        <i style={{ width: `${share}%` }} />
      </span>
      <span className="small muted">{share}% relevant</span>
    </div>
  );
}
