/** All versions of the document: which one answers, a new one, an older one back. */

import { useRef } from "react";
import { documents, type FileRow } from "../../api/documents";
import { UploadIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { link } from "../../app/router";
import { ago, exactly } from "../../app/times";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";
import { Status } from "../Status";
import { ACCEPT, chosenBy } from "../upload/files";
import { take } from "../upload/take";
import { isBusy, sizeOf } from "../words";

interface Props {
  row: FileRow;
  versions: readonly FileRow[];
  writes: boolean;
  onChange: () => void;
}

export function Versions({ row, versions, writes, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const act = useAct();
  const now = useNow();
  const makeCurrent = async (version: FileRow) => {
    await act.run(() => documents.decide(version.upload_id, true));
    onChange();
  };
  return (
    <section aria-labelledby="versions-title">
      <div className="side-head">
        <h2 id="versions-title">Versions</h2>
        {writes && (
          <button
            type="button"
            className="button small-button"
            data-testid="new-version"
            onClick={() => input.current?.click()}
          >
            <UploadIcon />
            New version
          </button>
        )}
      </div>
      <Problem text={act.problem} />
      <ol className="rows versions">
        {(versions.length ? versions : [row]).map((one) => (
          <li key={one.upload_id} className="row" data-testid="document-version" data-version={one.version ?? 1}>
            <div className="row-main">
              {one.upload_id === row.upload_id ? (
                <strong aria-current="true">Version {one.version ?? 1}, shown here</strong>
              ) : (
                <a href={link(`/documents/${encodeURIComponent(one.upload_id)}`)}>Version {one.version ?? 1}</a>
              )}
              <span className="muted small">
                <time dateTime={one.created_at} title={exactly(one.created_at)}>
                  {ago(one.created_at, now)}
                </time>
                {` · ${sizeOf(one.file_size)}`}
              </span>
            </div>
            <Status row={one} />
            {writes && one.status === "replaced" && !isBusy(one) && (
              <button
                type="button"
                className="button small-button"
                data-testid="make-current"
                disabled={act.busy}
                onClick={() => void makeCurrent(one)}
              >
                Make current
              </button>
            )}
          </li>
        ))}
      </ol>
      <input
        ref={input}
        data-testid="version-input"
        className="visually-hidden"
        type="file"
        accept={ACCEPT}
        tabIndex={-1}
        aria-label="The new version"
        onChange={(change) => {
          take(chosenBy(change.target), row.upload_id);
          change.target.value = "";
        }}
      />
    </section>
  );
}
