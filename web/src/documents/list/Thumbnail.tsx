/** What a document looks like: its first page where there is one, else what kind of file it is. */

import { useState } from "react";
import { type FileRow, thumbnailUrl } from "../../api/documents";
import { SoundIcon } from "../../app/icons";
import { kindOf } from "../words";

export function Thumbnail({ row }: { row: FileRow }) {
  const [broken, setBroken] = useState(false);
  const kind = kindOf(row.filename);
  return (
    <span className="file-kind" aria-hidden="true" data-kind={kind}>
      {row.preview && !broken ? (
        <img src={thumbnailUrl(row.upload_id)} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
      ) : (
        <>
          {row.page_kind === "recording" && <SoundIcon />}
          {kind}
        </>
      )}
    </span>
  );
}
