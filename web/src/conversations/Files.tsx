/** The files of a conversation: how they look, whether they could be read, to open, to keep, to remove. */

import { type Attachment, attachedThumbnailUrl, downloadUrl, hasPictures } from "../api/attachments";
import { DownloadIcon } from "../app/icons";
import { RemoveButton } from "../app/RemoveButton";
import { Rows } from "../app/Rows";
import { Thumbnail } from "../documents/list/Thumbnail";
import { lengthOf, sizeOf } from "../documents/words";
import { canOpen } from "./FilePreview";

interface Props {
  items: readonly Attachment[];
  writes: boolean;
  onOpen: (one: Attachment) => void;
  onRemove: (one: Attachment) => void;
}

export function Files({ items, writes, onOpen, onRemove }: Props) {
  return (
    <section className="talk-files" aria-labelledby="files-title">
      <h2 id="files-title">Files</h2>
      <p className="muted small">The assistant used them in this conversation only.</p>
      <Rows>
        {items.map((one) => (
          <li key={one.id} className="row talk-file" data-testid="attachment" data-status={one.status}>
            <FileLook one={one} />
            <div className="row-main">
              {canOpen(one) ? (
                <button
                  type="button"
                  className="text-button file-name"
                  data-testid="attachment-open"
                  onClick={() => onOpen(one)}
                >
                  {one.filename}
                </button>
              ) : (
                <strong>{one.filename}</strong>
              )}
              <span className="muted small">{factsOf(one)}</span>
              {one.status === "failed" && (
                <span className="file-error small">{one.error?.detail ?? "It could not be read."}</span>
              )}
            </div>
            <div className="row-actions">
              <a
                className="plain-icon"
                href={downloadUrl(one.id)}
                download={one.filename}
                aria-label={`Download ${one.filename}`}
                title={`Download ${one.filename}`}
              >
                <DownloadIcon />
              </a>
              {writes && <RemoveButton name={one.filename} busy={false} onClick={() => onRemove(one)} />}
            </div>
          </li>
        ))}
      </Rows>
    </section>
  );
}

function FileLook({ one }: { one: Attachment }) {
  return (
    <Thumbnail
      filename={one.filename}
      picture={hasPictures(one) ? attachedThumbnailUrl(one.id) : undefined}
      recording={one.page_kind === "recording"}
    />
  );
}

function factsOf(one: Attachment): string {
  const busy = one.status === "received" || one.status === "reading";
  return [busy && "Being read", lengthOf(one), sizeOf(one.file_size)].filter(Boolean).join(" · ");
}
