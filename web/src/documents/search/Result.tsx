/** One passage that was found: its words with what fits set off, and where it stands. */

import type { Citation, SearchResult } from "../../api/knowledge";
import { addressOfPlace, CitedLink, CitedPlace, placeName } from "../pages/CitedPlace";
import { capital } from "../words";
import { cutAround, excerpt, highlight, type Part, partsOf } from "./quote";

export function Result({ result, question, first }: { result: SearchResult; question: string; first: boolean }) {
  const citation = citationOf(result);
  const place = capital(placeName(citation));
  const address = addressOfPlace(citation);
  return (
    <li className={`result ${first ? "result-first" : ""}`} data-testid="search-result">
      <div className="result-words">
        <div className="citation-head">
          {address ? (
            <CitedLink citation={citation} className="file-title" href={address}>
              {citation.title}
            </CitedLink>
          ) : (
            <strong>{citation.title}</strong>
          )}
          {place && <span className="chip">{place}</span>}
        </div>
        {citation.heading && <p className="muted small">{citation.heading}</p>}
        <blockquote>
          {passageOf(result, question).map((part, index) =>
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one fixed text never move
            part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
          )}
        </blockquote>
        {citation.relevance != null && (
          <p className="muted small">
            <meter min={0} max={100} value={citation.relevance} aria-label="Relevance" />{" "}
            {Math.round(citation.relevance)}% relevant
          </p>
        )}
      </div>
      <CitedPlace citation={citation} />
    </li>
  );
}

function citationOf({ citation, metadata, document }: SearchResult): Citation {
  if (typeof citation === "object" && citation) return citation;
  return { ...metadata, title: metadata.title ?? "Document", quote: document };
}

/** What the server marked; else the words of the question. */
function passageOf(result: SearchResult, question: string): Part[] {
  if (result.highlights?.length) return cutAround(partsOf(result.document, result.highlights));
  return highlight(excerpt(result.document, question), question);
}
