/** The way in for people who do not drag: a button for files, one for a folder, and what is taken. */

import { useRef } from "react";
import { useMe } from "../../app/account";
import { FolderIcon, UploadIcon } from "../../app/icons";
import { limitOf } from "../words";
import { ACCEPT, chosenBy } from "./files";
import { take } from "./take";

export function ChooseFiles({ question }: { question?: string | null }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const limit = limitOf(useMe());
  const pick = (input: HTMLInputElement) => {
    take(chosenBy(input));
    input.value = "";
  };
  return (
    <section className="drop" aria-label="Add documents">
      <UploadIcon />
      <div className="drop-words">
        <p>
          {question ? (
            <>
              Add a document that answers <strong>“{question}”</strong>
            </>
          ) : (
            <>
              <strong>Add documents</strong>
              <span className="wide-only"> or drop them anywhere on this page</span>
            </>
          )}
        </p>
        <p className="muted small">
          PDF, Word, Excel, PowerPoint, text, Markdown, web pages, CSV, pictures and scans, recordings
          {limit && `; up to ${limit} each`}.
        </p>
      </div>
      <div className="actions">
        <button type="button" className="button primary" onClick={() => files.current?.click()}>
          Choose files
        </button>
        <button type="button" className="button wide-only-flex" onClick={() => folder.current?.click()}>
          <FolderIcon />
          Folder
        </button>
      </div>
      <input
        ref={files}
        data-testid="upload-input"
        className="visually-hidden"
        type="file"
        multiple
        accept={ACCEPT}
        tabIndex={-1}
        aria-label="Files to upload"
        onChange={(change) => pick(change.target)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          input?.setAttribute("webkitdirectory", "");
        }}
        className="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Folder to upload"
        onChange={(change) => pick(change.target)}
      />
    </section>
  );
}
