/** A file of a conversation, looked at without leaving it: its pages as pictures, or its sound. */

import { useState } from "react";
import { type Attachment, attachedPageUrl, downloadUrl, hasPictures } from "../api/attachments";
import type { Citation } from "../api/knowledge";
import { Dialog } from "../app/Dialog";
import { DownloadIcon } from "../app/icons";
import { PageImage } from "../documents/pages/PageImage";
import { Recording } from "../documents/pages/Recording";
import { Turner } from "../documents/pages/Turner";

/** Other kinds have no look of their own; they are downloaded. */
export function canOpen(one: Attachment): boolean {
  return hasPictures(one) || (one.status === "ready" && one.page_kind === "recording");
}

/** `cited`: begin where this stands, with the quotation marked. */
export function FilePreview({ one, cited, onClose }: { one: Attachment; cited?: Citation; onClose: () => void }) {
  const [number, setNumber] = useState(cited?.page || 1);
  const count = one.pages ?? 1;
  const boxes = cited?.page === number ? cited.boxes : undefined;
  return (
    <Dialog title={one.filename} onClose={onClose} wide testid="attachment-preview">
      <div className="file-preview">
        {one.page_kind === "recording" ? (
          <Recording src={downloadUrl(one.id)} from={cited?.seconds?.[0]} label={`Recording: ${one.filename}`} />
        ) : (
          <>
            {count > 1 && <Turner kind={one.page_kind} number={number} count={count} onTurn={setNumber} />}
            <PageImage src={attachedPageUrl(one.id, number)} alt={`Page ${number} of ${one.filename}`} boxes={boxes}>
              <p className="muted no-picture">This page could not be drawn.</p>
            </PageImage>
          </>
        )}
        <a className="button" href={downloadUrl(one.id)} download={one.filename}>
          <DownloadIcon />
          Download
        </a>
      </div>
    </Dialog>
  );
}
