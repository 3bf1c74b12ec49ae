/** Try the knowledge: what would the assistant find? */

import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import { sentenceOf } from "../api/errors";
import type { SearchAnswer, SearchResult } from "../api/types";
import { Banner } from "../app/Banner";
import { SearchIcon } from "../app/icons";
import { excerpt, highlight } from "./quote";

export function KnowledgeSearch() {
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState("");
  const [answer, setAnswer] = useState<SearchAnswer>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const words = query.trim();
    if (!words) return;
    setBusy(true);
    setProblem(undefined);
    try {
      setAnswer(await api.search(words));
      setAsked(words);
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <search className="search" aria-labelledby="search-title">
      <h2 id="search-title">Try the knowledge</h2>
      <p className="muted">Ask what a caller would ask and see which passage answers.</p>
      <form className="composer" onSubmit={(event) => void submit(event)}>
        <label className="visually-hidden" htmlFor="search-input">
          Question
        </label>
        <input
          id="search-input"
          data-testid="search-input"
          placeholder="When is breakfast?"
          value={query}
          maxLength={500}
          onChange={(change) => setQuery(change.target.value)}
        />
        <button type="submit" data-testid="search-button" aria-label="Search" disabled={busy || !query.trim()}>
          <SearchIcon />
        </button>
      </form>
      <div aria-live="polite" aria-busy={busy}>
        {problem && <Banner tone="problem">{problem}</Banner>}
        {answer && <Results answer={answer} query={asked} />}
      </div>
    </search>
  );
}

function Results({ answer, query }: { answer: SearchAnswer; query: string }) {
  if (answer.results.length === 0) return <p className="muted">Nothing in the documents answers “{query}”.</p>;
  return (
    <>
      <p className="muted small">
        {answer.results.length} {answer.results.length === 1 ? "passage" : "passages"}
        {answer.execution_time_ms != null && ` in ${Math.round(answer.execution_time_ms)} ms`}
      </p>
      <ol className="results">
        {answer.results.map((result) => (
          <Result key={result.id} result={result} query={query} />
        ))}
      </ol>
    </>
  );
}

function Result({ result, query }: { result: SearchResult; query: string }) {
  const { title, page, heading } = result.metadata;
  const cited = typeof result.citation === "object" ? result.citation : undefined;
  const passage = excerpt(cited?.quote || result.document, query);
  return (
    <li className="result" data-testid="search-result">
      <div className="citation-head">
        <strong>{title ?? cited?.title ?? "Document"}</strong>
        {page != null && <span className="chip">Page {page}</span>}
      </div>
      {heading && <p className="muted small">{heading}</p>}
      <blockquote>
        {highlight(passage, query).map((part, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one fixed text never move
          part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
        )}
      </blockquote>
    </li>
  );
}
