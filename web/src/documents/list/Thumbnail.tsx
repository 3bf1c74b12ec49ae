/** What a file looks like: its first page where there is a picture of it, else what kind of file it is. */

import { useState } from "react";
import { type FileRow, thumbnailUrl } from "../../api/documents";
import { SoundIcon } from "../../app/icons";
import { kindOf } from "../words";

interface Props {
  filename: string;
  /** Address of the picture. */
  picture?: string;
  recording?: boolean;
}

export function Thumbnail({ filename, picture, recording }: Props) {
  const [broken, setBroken] = useState(false);
  const kind = kindOf(filename);
  return (
    <span className="file-kind" aria-hidden="true" data-kind={kind}>
      {picture && !broken ? (
        <img src={picture} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
      ) : (
        <>
          {recording && <SoundIcon />}
          {kind}
        </>
      )}
    </span>
  );
}

/** Of a document. */
export function DocumentLook({ row }: { row: FileRow }) {
  return (
    <Thumbnail
      filename={row.filename}
      picture={row.preview ? thumbnailUrl(row.upload_id) : undefined}
      recording={row.page_kind === "recording"}
    />
  );
}
