/** The text that was read on a page, under its headings, with a quotation marked. */

import { useEffect, useRef } from "react";
import type { PageText } from "../../api/documents";
import { marked } from "./marks";
import { blocksOf } from "./text";

export function PageWords({ page, quote }: { page: PageText; quote: string }) {
  const blocks = blocksOf(page);
  const frame = useRef<HTMLElement>(null);
  const isHere = blocks.some((one) => [one.heading, one.text].some((text) => marked(text, quote).some((it) => it.hit)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words are looked through anew
  useEffect(() => {
    const [element, first] = [frame.current, frame.current?.querySelector("mark")];
    if (element && first) element.scrollTop = first.offsetTop - element.clientHeight / 3;
  }, [page, quote]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section ref={frame} className="page-words" aria-label="Text of this page" tabIndex={0} data-testid="page-text">
      {page.recognised && <p className="muted small">Read from a picture; a few letters may be wrong.</p>}
      {blocks.length === 0 && <p className="muted">There is no text here.</p>}
      {quote && !isHere && (
        <blockquote>
          <mark>{quote}</mark>
        </blockquote>
      )}
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never move
        <div key={index} className="words-block">
          {block.heading && <Heading level={block.level}>{withMarks(block.heading, quote)}</Heading>}
          {block.text && <p className="words-text">{withMarks(block.text, quote)}</p>}
        </div>
      ))}
    </section>
  );
}

function withMarks(text: string, quote: string) {
  return marked(text, quote).map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one fixed text never move
    part.hit ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
  );
}

/** Under the page's own h1 and h2. */
function Heading({ level, children }: { level: number; children: React.ReactNode }) {
  const Tag = level <= 1 ? "h3" : level === 2 ? "h4" : "h5";
  return <Tag className={`words-heading level-${level}`}>{children}</Tag>;
}
