import "./documents.css";
import { api } from "../api/client";
import { useLive } from "../api/live";
import { useResource } from "../api/useResource";
import { Banner } from "../app/Banner";
import { CloseIcon } from "../app/icons";
import { Rows } from "../app/Rows";
import { DropZone } from "./DropZone";
import { FileCard } from "./FileCard";
import { KnowledgeSearch } from "./KnowledgeSearch";
import { sizeOf } from "./status";
import { type Upload, useUploads } from "./useUploads";

export default function DocumentsView() {
  const files = useResource(api.files, "files");
  const { uploads, add, dismiss } = useUploads(files.reload);
  useLive(["job.", "document."], files.reload);
  const rows = files.data?.items;

  return (
    <div className="page page-wide">
      <header className="page-head">
        <h1>Documents</h1>
        <p className="muted">What the assistant knows and quotes. Nothing is used before you say so.</p>
      </header>
      <div className="documents">
        <section aria-label="Documents">
          <DropZone onFiles={(chosen) => void add(chosen)} />
          {files.error && <Banner tone="problem">{files.error}</Banner>}
          <Rows className="files">
            {uploads.map((upload) => (
              <UploadRow key={upload.key} upload={upload} onDismiss={() => dismiss(upload.key)} />
            ))}
            {rows?.map((row) => (
              <FileCard key={row.upload_id} row={row} onChange={files.reload} />
            ))}
          </Rows>
          {rows?.length === 0 && uploads.length === 0 && (
            <p className="muted empty">No documents yet. Add a handbook, a price list or a guide.</p>
          )}
        </section>
        <KnowledgeSearch />
      </div>
    </div>
  );
}

function UploadRow({ upload, onDismiss }: { upload: Upload; onDismiss: () => void }) {
  return (
    <li className="file" data-testid="upload-row">
      <div className="file-head">
        <div className="file-name">
          <strong>{upload.name}</strong>
          <span className="muted small">{sizeOf(upload.size)}</span>
        </div>
        <span className={`status status-${upload.error ? "bad" : "busy"}`}>
          {upload.error ? "Not accepted" : `Uploading ${Math.round(upload.share * 100)}%`}
        </span>
        {upload.error && (
          <button type="button" className="plain-icon" aria-label={`Dismiss ${upload.name}`} onClick={onDismiss}>
            <CloseIcon />
          </button>
        )}
      </div>
      {upload.error ? (
        <p className="file-error" role="alert">
          {upload.error}
        </p>
      ) : (
        <progress className="progress" max={1} value={upload.share} aria-label={`Uploading ${upload.name}`} />
      )}
    </li>
  );
}
