/** The files of the talk beside what is typed: each with its look, how far it is, and its way out. */

import { attachedThumbnailUrl, hasPictures } from "../../api/attachments";
import { AgainIcon, CloseIcon } from "../../app/icons";
import { Rows } from "../../app/Rows";
import { Thumbnail } from "../../documents/list/Thumbnail";
import { isFinal, shortOf } from "../../documents/upload/refusals";
import type { TrayFile } from "./tray";
import { tray, useTray } from "./useTray";
import { stateOf, summaryOf } from "./words";

/** Its id, to give it the focus. */
export const ATTACH_BUTTON = "attach-files";

export function FilesTray({ live }: { live: boolean }) {
  const files = useTray();
  const remove = (key: string) => {
    tray.remove(key);
    // The focus would be lost with the last row.
    if (files.length === 1) document.getElementById(ATTACH_BUTTON)?.focus();
  };
  return (
    <>
      {/* Always there: what appears together with its words is not read out. */}
      <p className="visually-hidden" role="status">
        {summaryOf(files)}
      </p>
      {files.length > 0 && (
        <section className="tray" aria-label="Files of this conversation">
          <Rows className="tray-list">
            {files.map((file) => (
              <TrayRow key={file.key} file={file} live={live} onRemove={() => remove(file.key)} />
            ))}
          </Rows>
        </section>
      )}
    </>
  );
}

function TrayRow({ file, live, onRemove }: { file: TrayFile; live: boolean; onRemove: () => void }) {
  const { key, name, state, share, reason, code, attachment } = file;
  return (
    <li className={`tray-file tray-${state}`} data-testid="tray-file" data-state={state}>
      <Thumbnail
        filename={name}
        picture={attachment && hasPictures(attachment) ? attachedThumbnailUrl(attachment.id) : undefined}
        recording={attachment?.page_kind === "recording"}
      />
      <div className="tray-words">
        <strong className="tray-name" title={name}>
          {name}
        </strong>
        {reason ? (
          <p className="file-error small" role="alert" title={reason}>
            {shortOf(reason)}
          </p>
        ) : (
          <span className="muted small">{stateOf(file, live)}</span>
        )}
        {state === "sending" && <progress className="progress" max={1} value={share} aria-label={`Sending ${name}`} />}
      </div>
      {state === "refused" && !isFinal(code) && (
        <button type="button" className="plain-icon" aria-label={`Try ${name} again`} onClick={() => tray.retry(key)}>
          <AgainIcon />
        </button>
      )}
      <button
        type="button"
        className="plain-icon"
        data-testid="tray-remove"
        aria-label={state === "refused" ? `Dismiss ${name}` : `Remove ${name}`}
        onClick={onRemove}
      >
        <CloseIcon />
      </button>
    </li>
  );
}
