/** What the assistant quoted: title, place, the words, and the page with the words marked or the recording. */

import type { Citation } from "../api/knowledge";
import { BookIcon } from "../app/icons";
import { addressOfPlace, CitedLink, CitedPlace, placeName } from "../documents/pages/CitedPlace";
import { capital } from "../documents/words";
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
          <Head citation={citation} />
          {citation.heading && <p className="muted small">{citation.heading}</p>}
          {citation.quote && <blockquote>{citation.quote}</blockquote>}
          <CitedPlace citation={citation} />
          {citation.relevance != null && <Relevance percent={citation.relevance} />}
        </section>
      ))}
    </article>
  );
}

function Head({ citation }: { citation: Citation }) {
  const place = capital(placeName(citation));
  const address = addressOfPlace(citation);
  return (
    <div className="citation-head">
      {address ? (
        <CitedLink citation={citation} className="citation-title" href={address}>
          {citation.title}
        </CitedLink>
      ) : (
        <strong>{citation.title}</strong>
      )}
      {citation.source_type === "attachment" && <span className="chip">Your file</span>}
      {place && <span className="chip">{place}</span>}
    </div>
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
