/** Files on their way to the server, each with how much of it has been sent and what went wrong. */

import { useCallback, useState } from "react";
import { uploadFile } from "../api/client";
import { sentenceOf } from "../api/errors";

export interface Upload {
  key: string;
  name: string;
  size: number;
  share: number;
  error?: string;
}

let count = 0;

export function useUploads(onDone: () => void) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const change = useCallback((key: string, what: Partial<Upload>) => {
    setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...what } : one)));
  }, []);
  const dismiss = useCallback((key: string) => setUploads((all) => all.filter((one) => one.key !== key)), []);

  const add = useCallback(
    async (files: File[]) => {
      const fresh = files.map((file) => ({ file, key: `upload-${++count}` }));
      setUploads((all) => [
        ...all,
        ...fresh.map(({ file, key }) => ({ key, name: file.name, size: file.size, share: 0 })),
      ]);
      // One after the other: a slow line shows steady progress and a full server is not asked twice at once.
      for (const { file, key } of fresh) {
        try {
          await uploadFile(file, (share) => change(key, { share }));
          dismiss(key);
          onDone();
        } catch (error) {
          change(key, { error: sentenceOf(error) });
        }
      }
    },
    [change, dismiss, onDone],
  );
  return { uploads, add, dismiss };
}
