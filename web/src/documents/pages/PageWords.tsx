/** The text that was read on a page, under its headings. */

import type { PageText } from "../../api/documents";
import { blocksOf } from "./text";

export function PageWords({ page }: { page: PageText }) {
  const blocks = blocksOf(page);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="page-words" aria-label="Text of this page" tabIndex={0} data-testid="page-text">
      {page.recognised && <p className="muted small">Read from a picture; a few letters may be wrong.</p>}
      {blocks.length === 0 && <p className="muted">There is no text here.</p>}
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never move
        <div key={index} className="words-block">
          {block.heading && <Heading level={block.level}>{block.heading}</Heading>}
          {block.text && <p className="words-text">{block.text}</p>}
        </div>
      ))}
    </section>
  );
}

/** Under the page's own h1 and h2. */
function Heading({ level, children }: { level: number; children: string }) {
  const Tag = level <= 1 ? "h3" : level === 2 ? "h4" : "h5";
  return <Tag className={`words-heading level-${level}`}>{children}</Tag>;
}
