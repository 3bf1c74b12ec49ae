/** What the assistant would find and whether it would say it: the same search, the same threshold as in a call. */

import { knowledge, type SearchAnswer } from "../../api/knowledge";
import { useResource } from "../../api/useResource";
import { Banner } from "../../app/Banner";
import { CheckIcon, QuestionIcon } from "../../app/icons";
import { link } from "../../app/router";
import { plural } from "../../app/times";
import { Result } from "./Result";

export default function SearchView({ question }: { question: string }) {
  const found = useResource(
    () => (question ? knowledge.search(question) : Promise.resolve(undefined)),
    `search-${question}`,
  );
  return (
    <section className="search-view" aria-busy={found.loading} aria-label="What was found">
      {found.error && <Banner tone="problem">{found.error}</Banner>}
      {!question && <p className="muted empty">Ask a question above to see which passage answers it.</p>}
      {/* Here before its words are, so that they are read out. */}
      <div role="status">{found.data && <Verdict answer={found.data} question={question} />}</div>
      {found.loading && !found.data && <div className="view-loading" role="status" aria-label="Searching" />}
      {found.data && <Passages answer={found.data} question={question} />}
    </section>
  );
}

/** As a call decides it; servers that do not say so say it by what they find. */
function isSaid(answer: SearchAnswer): boolean {
  return answer.answered ?? (answer.results.length > 0 && !answer.refused);
}

function Passages({ answer, question }: { answer: SearchAnswer; question: string }) {
  const { results, degraded } = answer;
  const said = isSaid(answer);
  return (
    <>
      {degraded && (
        <Banner tone="info">Only words were compared, because meanings could not be. Results may be poorer.</Banner>
      )}
      {results.length > 0 && (
        <>
          <p className="muted small">
            {plural(results.length, "passage")}
            {!said && " that came nearest"}
            {answer.execution_time_ms != null && `, found in ${Math.max(1, Math.round(answer.execution_time_ms))} ms`}
          </p>
          <ol className={`results ${said ? "" : "results-faint"}`}>
            {results.map((result, index) => (
              <Result key={result.id} result={result} question={question} first={index === 0} />
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Verdict({ answer, question }: { answer: SearchAnswer; question: string }) {
  const said = isSaid(answer);
  const nothing = answer.results.length === 0;
  return (
    <div className={`verdict ${said ? "verdict-said" : "verdict-silent"}`} data-testid="verdict" data-said={said}>
      {said ? <CheckIcon /> : <QuestionIcon />}
      <div>
        <strong>{said ? "Would be said" : "Would say “I couldn’t find that”"}</strong>
        <p>
          {said
            ? "A caller who asks this hears the first passage, with its source."
            : nothing
              ? "Nothing that is confirmed comes near this question."
              : "What came nearest does not answer it well enough to be said."}
        </p>
      </div>
      {!said && (
        <a className="button small-button" href={link(`/documents?for=${encodeURIComponent(question)}`)}>
          Add a document
        </a>
      )}
    </div>
  );
}
