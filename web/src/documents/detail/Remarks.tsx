/** What inspection, reading and analysis found, the worst first, with the pages it stands on. */

import type { FileRow, Severity } from "../../api/documents";
import { CheckIcon, QuestionIcon, WarningIcon } from "../../app/icons";
import { type Remark, remarksOf } from "../remarks";
import { placeOf } from "../words";

const WORDS: Record<Severity, string> = { danger: "Read this first", warning: "Look at this", info: "Good to know" };

export function Remarks({ row, onPage }: { row: FileRow; onPage: (page: number) => void }) {
  const found = remarksOf(row);
  if (found.length === 0) {
    if (!row.analysis) return null;
    return (
      <p className="all-clear" data-testid="all-clear">
        <CheckIcon />
        Nothing suspicious was found in it.
      </p>
    );
  }
  return (
    <section aria-labelledby="remarks-title">
      <h2 id="remarks-title">What to look at</h2>
      <ul className="remarks">
        {found.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that is drawn whole, in one order
          <Item key={index} remark={one} row={row} onPage={onPage} />
        ))}
      </ul>
    </section>
  );
}

function Item({ remark, row, onPage }: { remark: Remark; row: FileRow; onPage: (page: number) => void }) {
  const { severity, title, detail, quote, pages } = remark;
  return (
    <li className={`remark remark-${severity}`} data-testid="remark" data-severity={severity}>
      {severity === "info" ? <QuestionIcon /> : <WarningIcon />}
      <div>
        <strong>
          <span className="visually-hidden">{WORDS[severity]}: </span>
          {title}
        </strong>
        {detail && <p>{detail}</p>}
        {quote && <blockquote>{quote}</blockquote>}
      </div>
      {row.page_kind !== "none" && pages.length > 0 && (
        <span className="remark-pages">
          {pages.slice(0, 5).map((page) => (
            <button type="button" className="button small-button" key={page} onClick={() => onPage(page)}>
              {placeOf(row.page_kind, page)}
            </button>
          ))}
        </span>
      )}
    </li>
  );
}
