/** Where it was published, for references, and what the file says of itself. */

import { useState } from "react";
import type { FileRow } from "../../api/documents";
import { EditIcon } from "../../app/icons";
import { metadataOf, sourceOf } from "./about";
import { SourceDialog } from "./SourceDialog";

export function Facts({ row, writes, onChange }: { row: FileRow; writes: boolean; onChange: () => void }) {
  const [editing, setEditing] = useState(false);
  const source = sourceOf(row.source);
  const metadata = metadataOf(row);
  return (
    <>
      <section aria-labelledby="source-title">
        <div className="side-head">
          <h2 id="source-title">Source</h2>
          {writes && (
            <button
              type="button"
              className="button small-button"
              data-testid="edit-source"
              onClick={() => setEditing(true)}
            >
              <EditIcon />
              Edit
            </button>
          )}
        </div>
        {source.length === 0 && <p className="muted">Authors, journal or DOI, for references in the usual styles.</p>}
        <Pairs pairs={source} />
      </section>
      {metadata.length > 0 && (
        <section aria-labelledby="metadata-title">
          <h2 id="metadata-title">The file says</h2>
          <Pairs pairs={metadata} />
        </section>
      )}
      {editing && <SourceDialog row={row} onDone={onChange} onClose={() => setEditing(false)} />}
    </>
  );
}

function Pairs({ pairs }: { pairs: [name: string, value: string][] }) {
  if (pairs.length === 0) return null;
  return (
    <dl className="pairs">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
