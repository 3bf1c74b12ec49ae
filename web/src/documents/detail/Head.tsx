/** The document's name and where it stands, with what can be done to it at any time. */

import { useState } from "react";
import { contentUrl, documents, type FileRow } from "../../api/documents";
import { AgainIcon, DownloadIcon, EditIcon, TrashIcon } from "../../app/icons";
import { Problem } from "../../app/Problem";
import { go } from "../../app/router";
import { ago } from "../../app/times";
import { useAct } from "../../app/useAct";
import { useNow } from "../../app/useNow";
import { late } from "../list/late";
import { DocumentLook } from "../list/Thumbnail";
import { Alarms, Status } from "../Status";
import { isBusy, isHopeless, lengthOf, nameOf, sizeOf } from "../words";
import { CorrectDialog } from "./CorrectDialog";

interface Props {
  row: FileRow;
  writes: boolean;
  onChange: () => void;
}

export function Head({ row, writes, onChange }: Props) {
  const [correcting, setCorrecting] = useState(false);
  const now = useNow();
  const facts = [
    row.filename,
    sizeOf(row.file_size),
    lengthOf(row),
    (row.version ?? 1) > 1 ? `version ${row.version}` : "",
    `added ${ago(row.created_at, now)}`,
  ];
  return (
    <header className="document-head">
      <DocumentLook row={row} />
      <div className="document-name">
        <h1>{nameOf(row)}</h1>
        <p className="muted small">{facts.filter(Boolean).join(" · ")}</p>
        <p className="document-state" aria-live="polite">
          <Status row={row} />
          <Alarms row={row} />
        </p>
      </div>
      <Tools row={row} writes={writes} onChange={onChange} onCorrect={() => setCorrecting(true)} />
      {correcting && <CorrectDialog row={row} onDone={onChange} onClose={() => setCorrecting(false)} />}
    </header>
  );
}

function Tools({ row, writes, onChange, onCorrect }: Props & { onCorrect: () => void }) {
  const act = useAct();
  const again = async () => {
    await act.run(() => documents.analyse(row.upload_id));
    onChange();
  };
  const remove = () => {
    late.remove([row]);
    go("/documents");
  };
  return (
    <div className="document-tools">
      <a
        className="button small-button"
        href={contentUrl(row.upload_id)}
        download={row.filename}
        data-testid="download"
      >
        <DownloadIcon />
        Download
      </a>
      {writes && (
        <>
          <button type="button" className="button small-button" data-testid="correct" onClick={onCorrect}>
            <EditIcon />
            Correct
          </button>
          <button
            type="button"
            className="button small-button"
            data-testid="analyse-again"
            disabled={act.busy || isBusy(row) || isHopeless(row)}
            onClick={() => void again()}
          >
            <AgainIcon />
            Analyse again
          </button>
          <button type="button" className="button small-button" data-testid="document-delete" onClick={remove}>
            <TrashIcon />
            Delete
          </button>
        </>
      )}
      <Problem text={act.problem} />
    </div>
  );
}
