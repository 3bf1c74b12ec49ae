/** Sends one file; XMLHttpRequest because fetch cannot report how much has been sent. */

import { headersOf, refused } from "./client";
import type { FileRow } from "./documents";
import { ApiError, errorFromAnswer, unreachable } from "./errors";

export interface Sending {
  /** 0-1 of the bytes. */
  onProgress: (share: number) => void;
  signal?: AbortSignal;
  /** The document of which this is the next version. */
  replaces?: string;
}

/** A server that refuses a large file before it has read it all may be heard as a broken line. */
const LIKELY_LIMIT = 25 * 1024 * 1024;

export function uploadFile(file: File, { onProgress, signal, replaces }: Sending): Promise<FileRow> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", "/api/files/upload");
    for (const [name, value] of Object.entries(headersOf("POST"))) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(JSON.parse(xhr.responseText) as FileRow);
      else reject(refused(errorFromAnswer(xhr.status, xhr.responseText, xhr.getResponseHeader("Retry-After"))));
    };
    xhr.onerror = () => reject(file.size > LIKELY_LIMIT ? brokenOff() : unreachable());
    xhr.onabort = () => reject(new ApiError("The upload was stopped.", 0, "aborted"));
    signal?.addEventListener("abort", () => xhr.abort());
    const form = new FormData();
    if (replaces) form.append("replaces", replaces);
    form.append("file", file, file.name);
    xhr.send(form);
  });
}

function brokenOff(): ApiError {
  return new ApiError(
    "The server ended the upload before it was complete; the file is probably too large. Split it or make it smaller.",
    413,
    "file_too_large",
  );
}
