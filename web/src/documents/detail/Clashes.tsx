/** Where this document says something other than another one, or nearly the same as another one. */

import { type Contradiction, type Duplicate, documents, type FileRow, type Statement } from "../../api/documents";
import { Problem } from "../../app/Problem";
import { link } from "../../app/router";
import { useAct } from "../../app/useAct";
import { late } from "../list/late";
import { contradictionsOf, duplicatesOf } from "../remarks";

interface Props {
  row: FileRow;
  writes: boolean;
  onPage: (page: number) => void;
  onChange: () => void;
}

/** How long it may take until the new one answers; the old one goes only then. */
const INDEXED_S = 100;

export function Clashes({ row, writes, onPage, onChange }: Props) {
  const clashes = contradictionsOf(row);
  const twins = duplicatesOf(row);
  return (
    <>
      {clashes.length > 0 && (
        <section aria-labelledby="clashes-title">
          <h2 id="clashes-title">Says two different things</h2>
          <ul className="clashes">
            {clashes.map((one) => (
              <Clash key={`${one.here.text}|${one.there.text}`} clash={one} onPage={onPage} />
            ))}
          </ul>
        </section>
      )}
      {twins.length > 0 && (
        <section aria-labelledby="twins-title">
          <h2 id="twins-title">Almost the same as</h2>
          <ul className="clashes">
            {twins.map((one) => (
              <Twin key={one.document_id} twin={one} row={row} writes={writes} onChange={onChange} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Clash({ clash, onPage }: { clash: Contradiction; onPage: (page: number) => void }) {
  const { here, there } = clash;
  return (
    <li className="clash" data-testid="contradiction">
      {clash.text && <p>{clash.text}</p>}
      <div className="clash-sides">
        <figure>
          <figcaption className="muted small">
            This document
            {here.page > 0 && (
              <button type="button" className="text-button" onClick={() => onPage(here.page)}>
                page {here.page}
              </button>
            )}
          </figcaption>
          <Said side={here} />
        </figure>
        <figure>
          <figcaption className="muted small">
            <a
              href={link(
                `/documents/${encodeURIComponent(there.document_id)}${there.page ? `/page/${there.page}` : ""}`,
              )}
            >
              {there.title}
              {there.page > 0 && `, page ${there.page}`}
            </a>
          </figcaption>
          <Said side={there} />
        </figure>
      </div>
    </li>
  );
}

/** The value they disagree about is set off in the sentence. */
function Said({ side }: { side: Statement }) {
  const at = side.value ? side.text.indexOf(side.value) : -1;
  if (at < 0) return <blockquote>{side.text}</blockquote>;
  return (
    <blockquote>
      {side.text.slice(0, at)}
      <mark>{side.value}</mark>
      {side.text.slice(at + side.value.length)}
    </blockquote>
  );
}

function Twin({ twin, row, writes, onChange }: Pick<Props, "row" | "writes" | "onChange"> & { twin: Duplicate }) {
  const act = useAct();
  const replace = async () => {
    const done = await act.run(async () => {
      const other = await documents.read(twin.document_id);
      const { status } = await documents.decide(row.upload_id, true, INDEXED_S);
      if (status !== "ready")
        throw new Error("It is still being indexed; delete the other one when this one is ready.");
      late.remove([other]);
    });
    if (done) onChange();
  };
  return (
    <li className="clash twin" data-testid="duplicate">
      <div>
        <a className="file-title" href={link(`/documents/${encodeURIComponent(twin.document_id)}`)}>
          {twin.title}
        </a>{" "}
        <span className="chip">{Math.round(twin.similarity * 100)}% the same</span>
        {twin.text && <p className="muted">{twin.text}</p>}
        <Problem text={act.problem} />
      </div>
      {writes && row.status === "awaiting_confirmation" && (
        <button
          type="button"
          className={`button small-button ${twin.suggestion === "replaces" ? "primary" : ""}`}
          disabled={act.busy}
          data-testid="replace-twin"
          onClick={() => void replace()}
        >
          {act.busy ? "Replacing…" : "Replace it by this one"}
        </button>
      )}
    </li>
  );
}
