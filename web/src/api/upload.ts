/** Sends one file; XMLHttpRequest because fetch cannot report how much has been sent. What is too large is not sent. */

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

/** The largest file in bytes, as the server told it; what it is before that nobody knows. */
let largest = Number.POSITIVE_INFINITY;
export function limitUploads(bytes: number | undefined): void {
  largest = bytes ?? Number.POSITIVE_INFINITY;
}

export const uploadFile = (file: File, sending: Sending) => sendFile<FileRow>("/api/files/upload", file, sending);

/** Sends the file as a form's field `file` to the address; the answer's JSON. */
export function sendFile<T>(path: string, file: File, { onProgress, signal, replaces }: Sending): Promise<T> {
  if (file.size > largest) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open("POST", path);
    for (const [name, value] of Object.entries(headersOf("POST"))) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    xhr.onload = () => {
      if (xhr.status >= 200 && xhr.status < 300) resolve(JSON.parse(xhr.responseText) as T);
      else reject(refused(errorFromAnswer(xhr.status, xhr.responseText, xhr.getResponseHeader("Retry-After"))));
    };
    xhr.onerror = () => reject(unreachable());
    xhr.onabort = () => reject(new ApiError("The upload was stopped.", 0, "aborted"));
    signal?.addEventListener("abort", () => xhr.abort());
    const form = new FormData();
    if (replaces) form.append("replaces", replaces);
    form.append("file", file, file.name);
    xhr.send(form);
  });
}

function tooLarge(): ApiError {
  const limit = `${Math.floor(largest / 1024 / 1024)} MB`;
  return new ApiError(`This file is larger than ${limit}. Split it or make it smaller.`, 413, "file_too_large");
}
