/**
 * One document: what was understood, what looks wrong, its pages, what can be decided, and its versions. Who comes for a
 * place in it finds the pages first, right below the title.
 */

import { useEffect, useRef, useState } from "react";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { Banner } from "../../app/Banner";
import { DropArea } from "../../app/DropArea";
import { LeftIcon } from "../../app/icons";
import { link } from "../../app/router";
import { Pages } from "../pages/Pages";
import { take } from "../upload/take";
import { UploadPanel } from "../upload/UploadPanel";
import { isBusy } from "../words";
import { Clashes } from "./Clashes";
import { Decision } from "./Decision";
import { Facts } from "./Facts";
import { Head } from "./Head";
import { Remarks } from "./Remarks";
import { Understood } from "./Understood";
import { useDocument } from "./useDocument";
import { Versions } from "./Versions";

export default function DocumentView({ id, spot }: { id: string; spot: { page: number; second: number } }) {
  const { row, versions, file, reload } = useDocument(id);
  const writes = may(useMe(), "documents:write");
  const [page, setPage] = useState(spot.page || 1);
  const pages = useRef<HTMLElement>(null);
  const there = Boolean(row);
  const hasSpot = Boolean(spot.page || spot.second);
  const show = (number: number) => {
    setPage(number);
    pages.current?.scrollIntoView({ block: "start" });
    pages.current?.focus({ preventScroll: true });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: an address with a place is read from that place
  useEffect(() => {
    if (!there || !hasSpot) return;
    setPage(spot.page || 1);
    window.scrollTo(0, 0);
    pages.current?.focus({ preventScroll: true });
  }, [there, spot.page, spot.second]);
  const shown = row && !(isBusy(row) && !row.analysis) && (
    <section className="document-pages" aria-label="Pages" tabIndex={-1} ref={pages}>
      <h2>{row.page_kind === "recording" ? "Recording" : row.page_kind === "none" ? "Text" : "Pages"}</h2>
      <Pages row={row} number={page} second={spot.second} cited={hasSpot} onTurn={setPage} />
    </section>
  );

  return (
    <DropArea open={writes} label="Drop it here as the new version" onFiles={(chosen) => take(chosen, id)} tall>
      <div className="page page-wide document">
        <a className="back" href={link("/documents")}>
          <LeftIcon />
          Documents
        </a>
        {file.error && <Banner tone="problem">{file.error}</Banner>}
        {!row && !file.error && <div className="view-loading" role="status" aria-label="Loading" />}
        <UploadPanel of={id} />
        {row && (
          <>
            <Head row={row} writes={writes} onChange={reload} />
            {hasSpot && shown}
            <Decision row={row} versions={versions} writes={writes} onChange={reload} />
            <div className="document-body">
              <div className="document-main">
                <Remarks row={row} onPage={show} />
                <Clashes row={row} writes={writes} onPage={show} onChange={reload} />
                <Understood row={row} writes={writes} onChange={reload} />
              </div>
              <aside className="document-side" aria-label="About this document">
                <Versions row={row} versions={versions} writes={writes} onChange={reload} />
                <Facts row={row} writes={writes} onChange={reload} />
              </aside>
            </div>
            {!hasSpot && shown}
          </>
        )}
      </div>
    </DropArea>
  );
}
