import { type DragEvent, useRef, useState } from "react";
import { UploadIcon } from "../app/icons";

const ACCEPT = ".pdf,.docx,.txt,.md";

export function DropZone({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length) onFiles(files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button inside does the same by keyboard
    <div
      className={`drop ${over ? "drop-over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <UploadIcon />
      <p>
        <button type="button" className="text-button" onClick={() => input.current?.click()}>
          Choose files
        </button>
        <span className="wide-only"> or drop them here</span>
      </p>
      <p className="muted small">PDF, Word, text or Markdown</p>
      <input
        ref={input}
        data-testid="upload-input"
        className="visually-hidden"
        type="file"
        multiple
        accept={ACCEPT}
        tabIndex={-1}
        aria-label="Files to upload"
        onChange={(change) => {
          onFiles([...(change.target.files ?? [])]);
          change.target.value = "";
        }}
      />
    </div>
  );
}
