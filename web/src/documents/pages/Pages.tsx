/** One page at a time: its picture and its text side by side, a recording with its lines, or the text alone. */

import { documents, type FileRow, pageImageUrl } from "../../api/documents";
import { useResource } from "../../api/useResource";
import { Problem } from "../../app/Problem";
import { capital, nameOf, placeOf } from "../words";
import { citedOn } from "./cited";
import { PageImage } from "./PageImage";
import { PageWords } from "./PageWords";
import { Transcript } from "./Transcript";
import { Turner } from "./Turner";

const WIDTH = 1000;

interface Props {
  row: FileRow;
  number: number;
  second: number;
  /** The quotation that was come here for is marked. */
  cited: boolean;
  onTurn: (number: number) => void;
}

export function Pages({ row, number, second, cited, onTurn }: Props) {
  const count = Math.max(1, row.pages ?? 1);
  const key = `${row.upload_id}-${row.job?.id}-${row.status === "analysing"}`;
  const page = useResource(() => documents.pageText(row.upload_id, number), `page-${key}-${number}`);
  const place = capital(placeOf(row.page_kind, number, page.data?.label));
  const citation = cited ? citedOn(row.upload_id, number) : undefined;
  const picture = row.preview && row.page_kind !== "recording";
  return (
    <div className="pages" data-testid="pages">
      {count > 1 && <TurnerOf row={row} number={number} count={count} onTurn={onTurn} />}
      {/* A page that is still being read is no failure. */}
      {page.error && page.status !== 404 && <Problem text={page.error} />}
      {page.status === 404 && <p className="muted">Nothing has been read here yet.</p>}
      {row.page_kind === "recording" ? (
        page.data && <Transcript row={row} page={page.data} second={second} />
      ) : (
        <div className={`page-pair ${picture ? "" : "page-single"}`}>
          {picture && (
            <PageImage
              src={pageImageUrl(row.upload_id, number, WIDTH)}
              alt={`${place || "Picture"} of ${nameOf(row)}`}
              boxes={citation?.boxes}
              cut={Boolean(citation?.boxes?.length)}
            >
              <p className="muted no-picture">This page could not be drawn.</p>
            </PageImage>
          )}
          {page.data && <PageWords page={page.data} quote={citation?.quote ?? ""} />}
          {page.loading && !page.data && <div className="view-loading" role="status" aria-label="Loading" />}
        </div>
      )}
    </div>
  );
}

/** Pages by their labels, such as the names of sheets. */
function TurnerOf({ row, number, count, onTurn }: Pick<Props, "row" | "number" | "onTurn"> & { count: number }) {
  const labels = useResource(() => documents.pages(row.upload_id), `pages-${row.upload_id}-${count}`);
  const known = new Map(labels.data?.items.map((one) => [one.number, one.label]));
  return (
    <Turner kind={row.page_kind} number={number} count={count} labelOf={(one) => known.get(one)} onTurn={onTurn} />
  );
}
