/** One page at a time: its picture and its text side by side, a recording with its lines, or the text alone. */

import { documents, type FileRow, pageImageUrl } from "../../api/documents";
import { useResource } from "../../api/useResource";
import { LeftIcon, RightIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { capital, nameOf, placeOf } from "../words";
import { PageImage } from "./PageImage";
import { PageWords } from "./PageWords";
import { Transcript } from "./Transcript";

const WIDTH = 1000;

interface Props {
  row: FileRow;
  number: number;
  second: number;
  onTurn: (number: number) => void;
}

export function Pages({ row, number, second, onTurn }: Props) {
  const count = Math.max(1, row.pages ?? 1);
  const key = `${row.upload_id}-${row.job?.id}-${row.status === "analysing"}`;
  const page = useResource(() => documents.pageText(row.upload_id, number), `page-${key}-${number}`);
  const place = capital(placeOf(row.page_kind, number, page.data?.label));
  const picture = row.preview && row.page_kind !== "recording";
  return (
    <div className="pages" data-testid="pages">
      {count > 1 && <Turner row={row} number={number} count={count} onTurn={onTurn} />}
      {/* A page that is still being read is no failure. */}
      {page.error && page.status !== 404 && <Problem text={page.error} />}
      {page.status === 404 && <p className="muted">Nothing has been read here yet.</p>}
      {row.page_kind === "recording" ? (
        page.data && <Transcript row={row} page={page.data} second={second} />
      ) : (
        <div className={`page-pair ${picture ? "" : "page-single"}`}>
          {picture && (
            <PageImage src={pageImageUrl(row.upload_id, number, WIDTH)} alt={`${place || "Picture"} of ${nameOf(row)}`}>
              <p className="muted no-picture">This page could not be drawn.</p>
            </PageImage>
          )}
          {page.data && <PageWords page={page.data} />}
          {page.loading && !page.data && <div className="view-loading" role="status" aria-label="Loading" />}
        </div>
      )}
    </div>
  );
}

function Turner({
  row,
  number,
  count,
  onTurn,
}: {
  row: FileRow;
  number: number;
  count: number;
  onTurn: Props["onTurn"];
}) {
  const labels = useResource(() => documents.pages(row.upload_id), `pages-${row.upload_id}-${count}`);
  const known = new Map(labels.data?.items.map((one) => [one.number, one.label]));
  const noun = row.page_kind === "slide" || row.page_kind === "sheet" ? row.page_kind : "page";
  return (
    <div className="turner">
      <button
        type="button"
        className="round small"
        aria-label={`Previous ${noun}`}
        disabled={number <= 1}
        onClick={() => onTurn(number - 1)}
      >
        <LeftIcon />
      </button>
      <select
        aria-label={`Which ${noun}`}
        data-testid="page-choice"
        value={number}
        onChange={(change) => onTurn(Number(change.target.value))}
      >
        {Array.from({ length: count }, (_, index) => index + 1).map((one) => (
          <option key={one} value={one}>
            {capital(placeOf(row.page_kind ?? "page", one, known.get(one))) || `Part ${one}`} of {count}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="round small"
        aria-label={`Next ${noun}`}
        disabled={number >= count}
        onClick={() => onTurn(number + 1)}
      >
        <RightIcon />
      </button>
    </div>
  );
}
