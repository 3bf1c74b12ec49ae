/** What is on its way and what was not accepted, each with its way out. */

import { AgainIcon, CloseIcon } from "../../app/icons";
import { Rows } from "../../app/Rows";
import { link } from "../../app/router";
import { sizeOf } from "../words";
import type { Upload } from "./queue";
import { isFinal, kindsOf, shortOf } from "./refusals";
import { uploads, useUploads } from "./useUploads";

const SHOWN = 8;

/** `of`: only what is to be the next version of this document. */
export function UploadPanel({ of }: { of?: string }) {
  const state = useUploads();
  const all = state.uploads.filter((one) => !of || one.replaces === of);
  if (all.length === 0) return null;
  const refused = all.filter((one) => one.state === "refused");
  const moving = all.filter((one) => one.state !== "refused");
  const shown = [...moving.slice(0, SHOWN), ...refused];
  const kinds = kindsOf(refused.map((one) => one.error));
  return (
    <section className="uploads" aria-label="Uploads" data-testid="uploads">
      <div className="uploads-head">
        <h2>
          <span role="status">
            {moving.length ? `Uploading: ${state.sent} of ${state.total} done` : `${refused.length} not accepted`}
          </span>
        </h2>
        {refused.length > 1 && (
          <button type="button" className="text-button" onClick={() => refused.map((one) => uploads.remove(one.key))}>
            Dismiss all
          </button>
        )}
      </div>
      <Rows className="uploads-list">
        {shown.map((one) => (
          <UploadRow key={one.key} upload={one} />
        ))}
      </Rows>
      {moving.length > SHOWN && <p className="muted small">and {moving.length - SHOWN} more waiting</p>}
      {kinds && <p className="muted small">What can be taken: {kinds}.</p>}
    </section>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const { key, name, state, share, error, code, twin } = upload;
  const refused = state === "refused";
  return (
    <li className="upload" data-testid="upload-row" data-state={state}>
      <span className="upload-name">
        {name} <span className="muted small">{sizeOf(upload.size)}</span>
      </span>
      <span className={`small ${refused ? "file-error" : "muted"}`}>
        {refused ? "Not accepted" : state === "waiting" ? "Waiting" : `${Math.round(share * 100)}%`}
      </span>
      {refused && !twin && !isFinal(code) && (
        <button
          type="button"
          className="plain-icon"
          aria-label={`Try ${name} again`}
          onClick={() => uploads.retry(key)}
        >
          <AgainIcon />
        </button>
      )}
      <button
        type="button"
        className="plain-icon"
        aria-label={refused ? `Dismiss ${name}` : `Cancel ${name}`}
        onClick={() => uploads.remove(key)}
      >
        <CloseIcon />
      </button>
      {state === "sending" && <progress className="progress" max={1} value={share} aria-label={`Uploading ${name}`} />}
      {error && (
        <p className="file-error upload-error" role="alert">
          {shortOf(error)} {twin && <a href={link(`/documents/${encodeURIComponent(twin.id)}`)}>Open “{twin.title}”</a>}
        </p>
      )}
    </li>
  );
}
